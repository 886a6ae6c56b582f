import { type Job, waitForEnd } from '@thumbnail-api/jobs';
import { startTimeout } from '@thumbnail-api/resilience';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';

/**
 * Waits until the job has ended, `seconds` have passed or the client has disconnected, and returns the job as it is then.
 *
 * @throws AppError `not_found` when the job does not exist, belongs to another owner, or is deleted meanwhile
 */
export async function waitForJob(context: Context<ApiEnv>, deps: ApiDeps, id: string, seconds: number): Promise<Job> {
  // Bun would close the connection, since it is idle while it waits.
  context.env?.server?.timeout(context.req.raw, 0);
  context.var.turn.release();
  const timeout = startTimeout(seconds * 1_000);
  const stopWaiting = AbortSignal.any([timeout.signal, context.req.raw.signal]);
  try {
    return await waitForEnd(deps, { id, owner: context.var.visibleOwner }, stopWaiting);
  } finally {
    timeout.stop();
  }
}
