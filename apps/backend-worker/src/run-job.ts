import { type ClaimedJob, type FinishedRun, finishJob } from '@thumbnail-api/jobs';
import { originalKey } from '@thumbnail-api/storage';
import type { WorkerDeps } from './deps.ts';
import { holdLease } from './hold-lease.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/**
 * Renders one claimed run: a renderer fetches the original, renders and stores; then the row learns of it.
 *
 * @returns false when the run was over before it could finish; nothing of it is visible then
 * @throws AppError with a code of a job, LeaseLost, or WorkerStopping
 */
export async function runJob(deps: WorkerDeps, job: ClaimedJob): Promise<boolean> {
  const lease = holdLease(deps, job);
  try {
    const task = { jobId: job.id, originalKey: originalKey(job.image.id), specs: job.specs, limits: deps.limits };
    const { image, thumbnails, timings } = await deps.renderers.render(task, {
      signal: AbortSignal.any([lease.signal, deps.ending]),
      // The second crash ends the job: it has to be the picture's own.
      fresh: job.crashes > 0,
    });
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
    if (kept) countSuccess(deps.metrics, { queuedMs, ...timings });
    return kept;
  } finally {
    lease.release();
  }
}

function countSuccess({ jobsFinished, phases }: WorkerMetrics, timings: FinishedRun['timings']): void {
  jobsFinished.inc({ status: 'success', code: 'none' });
  phases.observe({ phase: 'queued' }, timings.queuedMs / 1_000);
  phases.observe({ phase: 'fetch' }, timings.fetchMs / 1_000);
  phases.observe({ phase: 'render' }, timings.renderMs / 1_000);
  phases.observe({ phase: 'store' }, timings.storeMs / 1_000);
}
