import { type Job, waitForEnd } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';

/** The job, once it has ended, after `seconds`, or when its client has left: whichever comes first. */
export async function waitForJob(context: Context<ApiEnv>, deps: ApiDeps, id: string, seconds: number): Promise<Job> {
  // A waiting connection is quiet, and Bun closes quiet ones.
  context.env?.server?.timeout(context.req.raw, 0);
  const done = new AbortController();
  const stop = () => done.abort();
  const timer = setTimeout(stop, seconds * 1_000);
  const client = context.req.raw.signal;
  client.addEventListener('abort', stop, { once: true });
  try {
    return await waitForEnd(deps, { id, owner: context.var.owner }, done.signal);
  } finally {
    clearTimeout(timer);
    client.removeEventListener('abort', stop);
  }
}
