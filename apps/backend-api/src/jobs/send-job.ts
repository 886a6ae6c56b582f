import type { Job } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';
import { presentJob } from './present-job.ts';

/** Answers with a job: when to look again while it has not ended, what took how long once it has (`Server-Timing`). */
export function sendJob<Status extends 200 | 201 | 202>(context: Context<ApiEnv>, job: Job, status: Status) {
  context.header('cache-control', 'no-store');
  if (!job.finishedAt) context.header('retry-after', '1');
  if (job.timings) {
    const { queuedMs, fetchMs, renderMs, storeMs } = job.timings;
    const phases = Object.entries({ queued: queuedMs, fetch: fetchMs, render: renderMs, store: storeMs });
    context.header('server-timing', phases.map(([name, ms]) => `${name};dur=${ms}`).join(', '));
  }
  return context.json(presentJob(job, context.var.links), status);
}
