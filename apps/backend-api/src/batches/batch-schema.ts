import { z } from '@hono/zod-openapi';
import { actionSchema } from '../http/actions.ts';
import { problemSchema } from '../http/problem.ts';
import { jobSchema } from '../jobs/job-schema.ts';

const count = (description: string) => z.int().min(0).meta({ description });

/** The path parameter of a batch. */
export const batchIdParameter = z.object({
  id: z.uuid({ error: 'must be a UUID' }).meta({ description: 'The id of the batch.' }),
});

/** Jobs that were created by one request. */
export const batchSchema = z
  .object({
    id: z.uuid(),
    createdAt: z.iso.datetime().meta({ example: '2026-11-20T12:00:00.000Z' }),
    counts: z.object({
      uploaded: count('Waiting for a worker.'),
      processing: count('Being processed.'),
      success: count('Succeeded.'),
      error: count('Failed.'),
    }),
    refused: z
      .array(z.object({ filename: z.string().nullable(), problem: problemSchema }))
      .meta({ description: 'The rejected files, each with the reason.' }),
    jobs: z.array(jobSchema).meta({ description: 'One job for each accepted file, in the order of the files.' }),
    actions: z.array(actionSchema),
  })
  .meta({ id: 'Batch' });
