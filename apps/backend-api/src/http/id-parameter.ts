import { z } from '@hono/zod-openapi';

/** The id in a path. */
export const idParameter = z.object({
  id: z.uuid({ error: 'must be a UUID' }).meta({ description: 'Id of the job.' }),
});
