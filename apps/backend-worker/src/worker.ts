import { AppError, isJobErrorCode } from '@thumbnail-api/errors';
import { type ClaimedJob, claimJob, type Failure, failJob, handBackJob, publishJob } from '@thumbnail-api/jobs';
import type { RenderJobPayload } from '@thumbnail-api/queue';
import { type WorkerDeps, WorkerEnds } from './deps.ts';
import { renderJob } from './handlers/render-job.ts';
import { LeaseLost } from './hold-lease.ts';

/**
 * Works on one message: claims the next run of its job, renders it, and settles the run when that fails.
 *
 * The one place where a failure is settled. A message for which there is nothing to claim is dropped.
 *
 * @throws what the database throws when it cannot be told how the run ended; the sweep frees its lease then
 */
export async function work(deps: WorkerDeps, { jobId }: RenderJobPayload): Promise<void> {
  const job = await claimJob(deps, jobId);
  if (!job) return deps.log.debug({ jobId }, 'nothing to claim');
  const log = deps.log.child({ jobId, run: job.run });
  try {
    const kept = await renderJob(deps, job);
    log.info({ kept }, kept ? 'job done' : 'the run was over before it could finish');
  } catch (error) {
    if (error instanceof WorkerEnds)
      log.info({ handedBack: await handBackJob({ ...deps, log }, job) }, 'the worker ends');
    else if (error instanceof LeaseLost) log.warn({ error }, 'the run is over; its work was dropped');
    else await settle({ ...deps, log }, job, error);
  }
}

async function settle(deps: WorkerDeps, job: ClaimedJob, error: unknown): Promise<void> {
  const failure = toFailure(error);
  const settled = await failJob(deps, job, failure);
  deps.log.warn({ error, code: failure.code, ...settled }, 'run failed');
  // What shall wait is published by the sweep, on the database's clock.
  if (settled.outcome === 'again' && settled.delayMs === 0) await publishJob(deps, { id: job.id, run: job.run });
}

/** What is no error of a job is a fault of ours, and passes. */
function toFailure(error: unknown): Failure {
  return error instanceof AppError && isJobErrorCode(error.code)
    ? { code: error.code, message: error.publicMessage, retryable: error.retryable }
    : { code: 'internal_error', message: 'Something went wrong on our side.', retryable: true };
}
