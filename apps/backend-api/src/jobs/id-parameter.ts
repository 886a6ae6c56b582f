import { z } from '@hono/zod-openapi';

/** The id of a job in a path. */
export const idParameter = z.object({
  id: z.uuid({ error: 'must be a UUID' }).meta({ description: 'Id of the job.' }),
});

/** The id of an image in a path. */
export const imageIdParameter = z.object({
  id: z.uuid({ error: 'must be a UUID' }).meta({ description: 'Id of the image.' }),
});

/** The id of a batch in a path. */
export const batchIdParameter = z.object({
  id: z.uuid({ error: 'must be a UUID' }).meta({ description: 'Id of the batch.' }),
});
