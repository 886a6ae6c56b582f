import { type ClaimedJob, type FinishedRun, finishJob, recordChecksum } from '@thumbnail-api/jobs';
import { originalKey } from '@thumbnail-api/storage';
import type { WorkerDeps } from './deps.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/**
 * Runs a claimed job: a renderer fetches the original and stores the thumbnails, then the job is finished in the database.
 *
 * @param leaseLost aborted with LeaseLost when the run must end
 * @returns false if the run was superseded before it could finish; its result is not visible then
 * @throws AppError with a code of a job, LeaseLost, or WorkerStopping
 */
export async function runJob(deps: WorkerDeps, job: ClaimedJob, leaseLost: AbortSignal): Promise<boolean> {
  const { bytes, sha256, checksum } = job.image;
  const task = {
    jobId: job.id,
    originalKey: originalKey(job.image.id),
    originalContent: { bytes, sha256, checksum },
    specs: job.specs,
    limits: deps.limits,
  };
  const result = await deps.renderers.render(task, {
    signal: AbortSignal.any([leaseLost, deps.stopping]),
    // A second crash fails the job, so it must not be caused by what earlier jobs left in the renderer.
    fresh: job.crashes > 0,
  });
  const { image, thumbnails, timings } = result;
  const queuedMs = Math.max(0, (job.startedAt ?? job.createdAt).getTime() - job.createdAt.getTime());
  const kept = await finishJob(deps, {
    id: job.id,
    run: job.run,
    imageId: job.image.id,
    width: image.width,
    height: image.height,
    thumbnails,
    timings: { queuedMs, ...timings },
  });
  if (kept && result.checksum) await recordChecksum(deps, { imageId: job.image.id, checksum: result.checksum });
  if (kept) countSuccess(deps.metrics, { queuedMs, ...timings });
  return kept;
}

function countSuccess({ jobsFinished, phases }: WorkerMetrics, timings: FinishedRun['timings']): void {
  jobsFinished.inc({ status: 'success', code: 'none' });
  phases.observe({ phase: 'queued' }, timings.queuedMs / 1_000);
  phases.observe({ phase: 'fetch' }, timings.fetchMs / 1_000);
  phases.observe({ phase: 'render' }, timings.renderMs / 1_000);
  phases.observe({ phase: 'store' }, timings.storeMs / 1_000);
}
