import { type ClaimedJob, finishJob } from '@thumbnail-api/jobs';
import { originalKey } from '@thumbnail-api/storage';
import type { WorkerDeps } from '../deps.ts';
import { holdLease } from '../hold-lease.ts';

/**
 * Renders one claimed run: a renderer fetches the original, renders and stores; then the row learns of it.
 *
 * @returns false when the run was over before it could finish; nothing of it is visible then
 * @throws AppError with a code of a job, LeaseLost, or WorkerEnds
 */
export async function renderJob(deps: WorkerDeps, job: ClaimedJob): Promise<boolean> {
  const lease = holdLease(deps, job);
  try {
    const task = { jobId: job.id, originalKey: originalKey(job.image.id), specs: job.specs, limits: deps.limits };
    const { image, thumbnails, timings } = await deps.renderers.render(task, {
      signal: AbortSignal.any([lease.signal, deps.ending]),
    });
    const queuedMs = Math.max(0, (job.startedAt ?? job.createdAt).getTime() - job.createdAt.getTime());
    return await finishJob(deps, {
      id: job.id,
      run: job.run,
      imageId: job.image.id,
      width: image.width,
      height: image.height,
      thumbnails,
      timings: { queuedMs, ...timings },
    });
  } finally {
    lease.release();
  }
}
