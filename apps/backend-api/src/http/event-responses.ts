import { z } from '@hono/zod-openapi';

/** What a stream of events can be resumed by. */
export const eventHeaders = z.object({
  'last-event-id': z.string().max(200).optional().meta({ description: 'The `id` of the last event that was heard.' }),
});

/** Declares what a stream of events answers with, problems aside. */
export const eventResponses = {
  200: {
    description: 'Events as they happen, with a comment every 10 seconds.',
    content: { 'text/event-stream': { schema: z.string() } },
  },
  204: { description: 'The end was heard already: there is nothing to come back for.' },
};
