import type { Job } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import { preferredWait } from '../events/prefer.ts';
import { waitForJob } from '../events/wait-for-job.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { sendJob } from './send-job.ts';

/** Answers 201 with a job that is kept, its `Location`, and its end where the client prefers to wait for it. */
export async function sendCreatedJob(context: Context<ApiEnv>, deps: ApiDeps, job: Job) {
  const seconds = preferredWait(context);
  // Whatever becomes of the waiting is no failure any more.
  const ended = seconds > 0 ? await waitForJob(context, deps, job.id, seconds).catch(() => job) : job;
  context.header('location', context.var.links.href('job', { id: job.id }));
  return sendJob(context, ended, 201);
}
