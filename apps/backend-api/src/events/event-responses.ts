import { z } from '@hono/zod-openapi';

/** The events that a stream can send, and what each one means. */
const eventMeanings = {
  status: 'the current state of a job',
  job: 'a job of a batch has ended',
  end: 'the job or batch has ended, the last event',
} as const;

export type EventName = keyof typeof eventMeanings;

const meanings = Object.entries(eventMeanings).map(([name, meaning]) => `\`${name}\`: ${meaning}`);

/** The request header that resumes a stream of events, for the OpenAPI document. */
export const eventHeaders = z.object({
  'last-event-id': z
    .string()
    .max(200, { error: 'must be at most 200 characters' })
    .optional()
    .meta({ description: 'The `id` of the last event that the client received. The stream resumes after it.' }),
});

/** One event of a stream, for the OpenAPI document, which has no other way to describe a stream. */
const eventSchema = z
  .object({
    event: z.string().meta({ description: `The name of the event: ${meanings.join('; ')}.`, example: 'end' }),
    id: z.string().meta({ description: 'The value to send as `Last-Event-ID` to resume.', example: '1-success' }),
    data: z.string().meta({ description: 'A job or a batch, as JSON.' }),
  })
  .meta({ id: 'ServerEvent', description: 'One Server-Sent Event.' });

/** Declares the responses of an event stream for the OpenAPI document, without problems. */
export const eventResponses = {
  200: {
    description: 'Events as they happen, with a comment every 10 seconds.',
    content: { 'text/event-stream': { schema: eventSchema } },
  },
  204: { description: 'The client already received the last event. It need not reconnect.' },
};
