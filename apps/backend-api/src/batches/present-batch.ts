import type { z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import type { Batch } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';
import { describeProblem } from '../http/problem.ts';
import { presentJob } from '../jobs/present-job.ts';
import { cleanFilename } from '../uploads/clean-filename.ts';
import { batchActions } from './batch-actions.ts';
import type { batchSchema } from './batch-schema.ts';

/** Converts a batch to its JSON representation. */
export function presentBatch(batch: Batch, context: Context<ApiEnv>): z.output<typeof batchSchema> {
  const { id, counts } = batch;
  const { links } = context.var;
  return {
    id,
    createdAt: batch.createdAt.toISOString(),
    counts,
    refused: batch.refused.map(({ filename, code, message }) => ({
      filename: cleanFilename(filename),
      problem: describeProblem(new AppError(code, message), context),
    })),
    jobs: batch.jobs.map((job) => presentJob(job, links)),
    actions: batchActions(batch, links),
  };
}
