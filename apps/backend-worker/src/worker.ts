import { AppError, isJobErrorCode } from '@thumbnail-api/errors';
import { type ClaimedJob, claimJob, type Failure, failJob, publishJob, releaseJob } from '@thumbnail-api/jobs';
import { type MessageContext, type RenderJobPayload, tracePublisher } from '@thumbnail-api/queue';
import { continueTrace } from '@thumbnail-api/telemetry';
import { type WorkerDeps, WorkerStopping } from './deps.ts';
import { LeaseLost } from './hold-lease.ts';
import { runJob } from './run-job.ts';

/**
 * Works on one message: claims the next run of its job, renders it, and settles the run when that fails.
 *
 * The one place where a failure is settled. A message for which there is nothing to claim is dropped. Whatever is said and
 * sent on the way belongs to the trace that the message brought.
 *
 * @throws what the database throws when it cannot be told how the run ended; the sweep frees its lease then
 */
export async function work(
  shared: WorkerDeps,
  { jobId }: RenderJobPayload,
  { traceparent }: MessageContext,
): Promise<void> {
  const trace = continueTrace(traceparent);
  const publisher = tracePublisher(shared.publisher, trace.traceparent);
  const deps = { ...shared, publisher, log: shared.log.child({ traceId: trace.traceId }) };
  const job = await claimJob(deps, jobId);
  if (!job) return deps.log.debug({ jobId }, 'nothing to claim');
  const log = deps.log.child({ jobId, run: job.run });
  try {
    const kept = await runJob(deps, job);
    log.info({ kept }, kept ? 'job done' : 'the run was over before it could finish');
  } catch (error) {
    if (error instanceof WorkerStopping)
      log.info({ handedBack: await releaseJob({ ...deps, log }, job) }, 'the worker ends');
    else if (error instanceof LeaseLost) {
      deps.metrics.leaseLosses.inc();
      log.warn({ error }, 'the run is over; its work was dropped');
    } else await settle({ ...deps, log }, job, error);
  }
}

async function settle(deps: WorkerDeps, job: ClaimedJob, error: unknown): Promise<void> {
  const failure = toFailure(error);
  const settled = await failJob(deps, job, failure);
  if (settled.outcome !== 'superseded') deps.metrics.runsFailed.inc({ code: failure.code });
  if (settled.outcome === 'ended') deps.metrics.jobsFinished.inc({ status: 'error', code: failure.code });
  deps.log.warn({ error, code: failure.code, ...settled }, 'run failed');
  // What shall wait is published by the sweep, on the database's clock.
  if (settled.outcome === 'retry' && settled.delayMs === 0) await publishJob(deps, { id: job.id, run: job.run });
}

/** What is no error of a job is a fault of ours, and passes. */
function toFailure(error: unknown): Failure {
  return error instanceof AppError && isJobErrorCode(error.code)
    ? { code: error.code, message: error.publicMessage, retryable: error.retryable }
    : { code: 'internal_error', message: 'Something went wrong on our side.', retryable: true };
}
