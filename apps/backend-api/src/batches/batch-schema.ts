import { z } from '@hono/zod-openapi';
import { actionSchema } from '../http/actions.ts';
import { problemSchema } from '../http/problem.ts';
import { jobSchema } from '../jobs/job-schema.ts';

const counted = (description: string) => z.int().min(0).meta({ description });

/** Jobs that were sent together. */
export const batchSchema = z
  .object({
    id: z.uuid(),
    createdAt: z.iso.datetime().meta({ example: '2026-11-20T12:00:00.000Z' }),
    counts: z.object({
      uploaded: counted('Waiting.'),
      processing: counted('At work.'),
      success: counted('Done.'),
      error: counted('Failed.'),
    }),
    refused: z
      .array(z.object({ filename: z.string().nullable(), problem: problemSchema }))
      .meta({ description: 'The files that were not taken, each with the reason.' }),
    jobs: z.array(jobSchema).meta({ description: 'One for each file that was taken, in their order.' }),
    actions: z.array(actionSchema),
  })
  .meta({ id: 'Batch' });
