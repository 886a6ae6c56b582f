import type { Job } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import { preferredWait } from '../events/prefer.ts';
import { waitForJob } from '../events/wait-for-job.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { jobLinks } from './job-actions.ts';
import { jobSchema } from './job-schema.ts';
import { presentJob } from './present-job.ts';

const text = { type: 'string' as const };
const integer = { type: 'integer' as const };
const uri = { type: 'string' as const, format: 'uri' };

/** The parts that all responses with a job share in the OpenAPI document. */
export const jobResponse = {
  headers: {
    'Retry-After': {
      description: 'Seconds to wait before the next request. Absent once the job has finished.',
      schema: integer,
    },
    'Preference-Applied': { description: 'The maximum wait that was applied (RFC 7240).', schema: text },
    'Server-Timing': { description: 'The duration of each phase. Present once the job has succeeded.', schema: text },
  },
  content: { 'application/json': { schema: jobSchema } },
  links: jobLinks,
};

/** The response of {@link sendCreatedJob} in the OpenAPI document. */
export const createdJobResponse = {
  ...jobResponse,
  description: 'The job was created.',
  headers: { Location: { description: 'The URL of the job.', schema: uri }, ...jobResponse.headers },
};

/** Responds with a job: `Retry-After` until it has finished, `Server-Timing` once it has succeeded. */
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

/** Responds 201 with a committed job and its `Location`, after the wait that the client prefers. */
export async function sendCreatedJob(context: Context<ApiEnv>, deps: ApiDeps, job: Job) {
  const seconds = preferredWait(context);
  // The job is committed: a failure to wait for it must not turn the response into an error.
  const latest = seconds > 0 ? await waitForJob(context, deps, job.id, seconds).catch(() => job) : job;
  context.header('location', context.var.links.href('job', { id: job.id }));
  return sendJob(context, latest, 201);
}
