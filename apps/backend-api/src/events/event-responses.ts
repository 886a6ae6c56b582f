import { z } from '@hono/zod-openapi';

/** What a stream of events can be resumed by. */
export const eventHeaders = z.object({
  'last-event-id': z.string().max(200).optional().meta({ description: 'The `id` of the last event that was heard.' }),
});

/** One event of a stream, for the document: OpenAPI 3.1 has no other place for what a stream is made of. */
const eventSchema = z
  .object({
    event: z.string().meta({ description: 'What happened; `end` is the last.', example: 'end' }),
    id: z.string().meta({ description: 'What `Last-Event-ID` will say.', example: '1-success' }),
    data: z.string().meta({ description: 'A job or a batch, as JSON.' }),
  })
  .meta({ id: 'ServerEvent', description: 'One Server-Sent Event.' });

/** Declares what a stream of events answers with, problems aside. */
export const eventResponses = {
  200: {
    description: 'Events as they happen, with a comment every 10 seconds.',
    content: { 'text/event-stream': { schema: eventSchema } },
  },
  204: { description: 'The end was heard already: there is nothing to come back for.' },
};
