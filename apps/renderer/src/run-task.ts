import type { RenderAllowance, RenderResult, RenderTask } from '@thumbnail-api/renderer-protocol';
import { withDeadline } from '@thumbnail-api/resilience';
import type { ObjectStore } from '@thumbnail-api/storage';
import { fetchOriginal } from './fetch-original.ts';
import { render } from './pipeline.ts';
import { storeThumbnail } from './store-thumbnail.ts';

/** Of the time of a task, for fetching and again for storing: a store that hangs must not look like a picture that is slow. */
const storeShare = 0.4;

/**
 * Carries out a task from end to end: fetches the original, renders all thumbnails, stores them. What would need more
 * memory than it is allowed is refused.
 *
 * @throws AppError with a code of a job; `storage_unavailable` when the store takes more than its share of the time
 */
export async function runTask(
  store: Pick<ObjectStore, 'read' | 'put'>,
  task: RenderTask,
  { memoryBytes, timeoutMs }: RenderAllowance,
): Promise<RenderResult> {
  const patience = {
    deadlineMs: storeShare * timeoutMs,
    code: 'storage_unavailable',
    message: 'The object store does not answer in time.',
  } as const;
  const began = performance.now();
  const original = await withDeadline(patience, (signal) => fetchOriginal(store, task.originalKey, signal));
  const fetched = performance.now();
  const { image, thumbnails } = await render(original, task.specs, { ...task.limits, memoryBytes });
  const rendered = performance.now();
  const stored = await withDeadline(patience, (signal) =>
    Promise.all(thumbnails.map((thumbnail) => storeThumbnail(store, { jobId: task.jobId, thumbnail, signal }))),
  );
  return {
    image,
    thumbnails: stored,
    timings: {
      fetchMs: Math.round(fetched - began),
      renderMs: Math.round(rendered - fetched),
      storeMs: Math.round(performance.now() - rendered),
    },
  };
}
