import type { z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import type { Batch } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';
import { describeProblem } from '../http/problem.ts';
import type { JsonText } from '../http/send-json.ts';
import { jobsJson } from '../jobs/jobs-json.ts';
import { cleanFilename } from '../uploads/clean-filename.ts';
import { batchActions } from './batch-actions.ts';
import type { batchSchema } from './batch-schema.ts';

type BatchOutput = z.output<typeof batchSchema>;

/** Converts a batch to its JSON representation, as `batchSchema` describes it. */
export async function batchJson(batch: Batch, context: Context<ApiEnv>): Promise<JsonText<BatchOutput>> {
  const { id, createdAt, counts } = batch;
  const { links } = context.var;
  const refused = batch.refused.map(({ filename, code, message }) => ({
    filename: cleanFilename(filename),
    problem: describeProblem(new AppError(code, message), context),
  }));
  const start = JSON.stringify({ id, createdAt, counts, refused });
  const actions = JSON.stringify(batchActions(batch, links));
  const jobs = await jobsJson(batch.jobs, links);
  return `${start.slice(0, -1)},"jobs":${jobs},"actions":${actions}}` as JsonText<BatchOutput>;
}
