import { AppError, internalErrorMessage, isJobErrorCode, type JobErrorCode } from '@thumbnail-api/errors';
import {
  type ClaimedJob,
  claimJob,
  claimNextJob,
  type Failure,
  failJob,
  postponeJob,
  publishJob,
  releaseJob,
} from '@thumbnail-api/jobs';
import type { RenderJobPayload } from '@thumbnail-api/queue';
import { originalKey } from '@thumbnail-api/storage';
import { continueTrace, type ObjectFault } from '@thumbnail-api/telemetry';
import { type WorkerDeps, WorkerStopping } from './deps.ts';
import { holdLease, LeaseLost } from './hold-lease.ts';
import { runJob } from './run-job.ts';

/**
 * Handles one message: claims the next run of the job that is next in the fair order, renders it, and settles the run if it
 * fails. Failures are settled nowhere else.
 *
 * The job of the message is claimed only if no other can be, for instance because the sweep is changing its row. While the
 * object store is unavailable, messages wait here and nothing is claimed. A message with nothing to claim is dropped. Log
 * lines continue the trace of the job.
 *
 * @throws AppError if the database is unavailable when the run must be settled; the sweep frees its lease later
 */
export async function work(shared: WorkerDeps, { jobId }: RenderJobPayload): Promise<void> {
  try {
    await shared.gate.pass();
  } catch (error) {
    // Nothing was claimed, so there is nothing to settle: the sweep publishes a message again.
    if (error instanceof WorkerStopping) return shared.log.info({ jobId }, 'shutting down, message dropped');
    throw error;
  }
  const job = (await claimNextJob(shared)) ?? (await claimJob(shared, jobId));
  if (!job) return shared.log.debug({ jobId }, 'nothing to claim, message dropped');
  const startedAt = performance.now();
  const { traceId } = continueTrace(job.trace);
  const log = shared.log.child({ traceId, jobId: job.id, run: job.run });
  const deps = { ...shared, log };
  const lease = holdLease(deps, job);
  try {
    const kept = await runJob(deps, job, lease.signal);
    log.info({ kept }, kept ? 'job finished' : 'run superseded, result dropped');
  } catch (error) {
    if (error instanceof WorkerStopping)
      log.info({ handedBack: await releaseJob(deps, job) }, 'run interrupted by shutdown');
    else if (error instanceof LeaseLost) {
      deps.metrics.leaseLosses.inc();
      log.warn({ error }, 'lease lost, result dropped');
    } else await settle(deps, job, error);
  } finally {
    lease.release();
    deps.turns.add(job.owner, performance.now() - startedAt - estimatedMs(job));
  }
}

/** What the owner's turn has counted for this run: the estimate for the first one, nothing for a further try. */
const estimatedMs = ({ tries, crashes, lostLeases, costMs }: ClaimedJob): number =>
  tries + crashes + lostLeases > 0 ? 0 : (costMs ?? 0);

/** Short: the gate keeps this worker from running the job again too early, and another worker may reach the store. */
const postponedMs = 1_000;

async function settle(deps: WorkerDeps, job: ClaimedJob, error: unknown): Promise<void> {
  const failure = toFailure(error);
  if (mayBeOutage.has(failure.code) && (await deps.gate.isStoreDown())) {
    const postponed = await postponeJob(deps, job, postponedMs);
    return deps.log.info({ error, code: failure.code, postponed }, 'run postponed, the object store is unavailable');
  }
  const settled = await failJob(deps, job, failure);
  if (settled.outcome !== 'superseded') deps.metrics.runsFailed.inc({ code: failure.code });
  if (settled.outcome === 'ended') deps.metrics.jobsFinished.inc({ status: 'error', code: failure.code });
  deps.log.warn({ error, code: failure.code, ...settled }, 'run failed');
  const fault = originalFaults[failure.code];
  if (fault && settled.outcome !== 'superseded')
    deps.metrics.objectFaults.record({ fault, kind: 'original', key: originalKey(job.image.id) }, deps.log);
  // A run that is due later is published by the sweep, by the clock of the database.
  if (settled.outcome === 'retry' && settled.delayMs === 0) await publishJob(deps, { id: job.id, run: job.run });
}

/** The failures that are faults of a stored original. */
const originalFaults: Partial<Record<JobErrorCode, ObjectFault['fault']>> = {
  original_missing: 'missing',
  storage_damaged: 'damaged',
};
/** The failures of a run that an unavailable store causes. */
const mayBeOutage = new Set<Failure['code']>(['storage_unavailable', 'original_missing']);

/** An error without a code of a job is a retryable `internal_error`. */
function toFailure(error: unknown): Failure {
  return error instanceof AppError && isJobErrorCode(error.code)
    ? { code: error.code, message: error.publicMessage, retryable: error.retryable }
    : { code: 'internal_error', message: internalErrorMessage, retryable: true };
}
