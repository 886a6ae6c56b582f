import { type ClaimedJob, type FinishedRun, finishJob, recordChecksum } from '@thumbnail-api/jobs';
import type { WorkerDeps } from './deps.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/**
 * Runs a claimed job: makes and stores its thumbnails, then finishes the job in the database.
 *
 * @param leaseLost aborted with LeaseLost when the run must end
 * @returns false if the run was superseded before it could finish; its result is not visible then
 * @throws AppError with a code of a job, LeaseLost, or WorkerStopping
 */
export async function runJob(deps: WorkerDeps, job: ClaimedJob, leaseLost: AbortSignal): Promise<boolean> {
  const made = await deps.makeThumbnails(job, AbortSignal.any([leaseLost, deps.stopping]));
  const { checksum, timings, ...images } = made;
  const queuedMs = Math.max(0, (job.startedAt ?? job.createdAt).getTime() - job.createdAt.getTime());
  const finished = { id: job.id, run: job.run, imageId: job.image.id, ...images, timings: { queuedMs, ...timings } };
  const kept = await finishJob(deps, finished);
  if (kept && checksum) await recordChecksum(deps, { imageId: job.image.id, checksum });
  if (kept) countSuccess(deps.metrics, finished.timings);
  return kept;
}

function countSuccess({ jobsFinished, phases }: WorkerMetrics, timings: FinishedRun['timings']): void {
  jobsFinished.inc({ status: 'success', code: 'none' });
  phases.observe({ phase: 'queued' }, timings.queuedMs / 1_000);
  phases.observe({ phase: 'fetch' }, timings.fetchMs / 1_000);
  phases.observe({ phase: 'render' }, timings.renderMs / 1_000);
  phases.observe({ phase: 'store' }, timings.storeMs / 1_000);
}
