import type { ObjectStore } from '@thumbnail-api/storage';
import { fetchOriginal } from './fetch-original.ts';
import { render } from './render.ts';
import type { RenderResult, RenderTask } from './render-task.ts';
import { storeThumbnail } from './store-thumbnail.ts';

/**
 * Carries out a task from end to end: fetches the original, renders all thumbnails, stores them.
 *
 * `memoryBytes` is what the process may use in all: what would need more is refused.
 *
 * @throws AppError with a code of a job
 */
export async function runTask(
  store: Pick<ObjectStore, 'read' | 'put'>,
  task: RenderTask,
  memoryBytes: number,
): Promise<RenderResult> {
  const began = performance.now();
  const original = await fetchOriginal(store, task.originalKey);
  const fetched = performance.now();
  const { image, thumbnails } = await render(original, task.specs, { ...task.limits, memoryBytes });
  const rendered = performance.now();
  const stored = await Promise.all(thumbnails.map((thumbnail) => storeThumbnail(store, task.jobId, thumbnail)));
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
