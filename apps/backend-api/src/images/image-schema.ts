import { z } from '@hono/zod-openapi';
import { actionSchema } from '../http/actions.ts';
import { imageSchema, jobSchema } from '../jobs/job-schema.ts';

/** An image without its job: what is known of it, and the jobs that work on it. */
export const imageResourceSchema = z
  .object({
    ...imageSchema.shape,
    createdAt: z.iso.datetime().meta({ example: '2026-11-20T12:00:00.000Z' }),
    jobs: z.array(jobSchema).meta({ description: 'Newest first, at most 1 000.' }),
    actions: z.array(actionSchema),
  })
  .meta({ id: 'Image' });
