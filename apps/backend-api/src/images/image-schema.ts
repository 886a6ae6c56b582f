import { z } from '@hono/zod-openapi';
import { actionSchema } from '../http/actions.ts';
import { imageSchema, jobSchema } from '../jobs/job-schema.ts';

/** The path parameter of an image. */
export const imageIdParameter = z.object({
  id: z.uuid({ error: 'must be a UUID' }).meta({ description: 'The id of the image.' }),
});

/** An image as a resource of its own, with its jobs. */
export const imageResourceSchema = z
  .object({
    ...imageSchema.shape,
    createdAt: z.iso.datetime().meta({ example: '2026-11-20T12:00:00.000Z' }),
    jobs: z
      .array(jobSchema)
      .meta({ description: 'The newest 20 jobs, newest first. The `Link` header leads to the others.' }),
    actions: z.array(actionSchema),
  })
  .meta({ id: 'Image' });
