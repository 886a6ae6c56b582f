import { AppError } from '@thumbnail-api/errors';
import type { RenderBudget, RenderResult, RenderTask } from '@thumbnail-api/renderer-protocol';
import { withDeadline } from '@thumbnail-api/resilience';
import { type ObjectStore, verifyBytes } from '@thumbnail-api/storage';
import { render } from './pipeline.ts';
import { storeThumbnail } from './store-thumbnail.ts';

/** The share of a task's time for fetching, and again for storing, so that a slow store is not mistaken for a slow image. */
const storeShare = 0.4;

/**
 * Carries out a task: fetches the original, verifies its content, renders all thumbnails, stores them.
 *
 * @throws AppError with a code of a job, among them `storage_unavailable` if the store takes more than its share of the time
 */
export async function runTask(
  store: Pick<ObjectStore, 'read' | 'put'>,
  { jobId, originalKey, originalContent, specs, limits }: RenderTask,
  { memoryBytes, timeoutMs }: RenderBudget,
): Promise<RenderResult> {
  const storeDeadline = {
    deadlineMs: storeShare * timeoutMs,
    code: 'storage_unavailable',
    message: 'The object store did not answer in time.',
  } as const;
  const startedAt = performance.now();
  const original = await withDeadline(storeDeadline, (signal) => fetchOriginal(store, originalKey, signal));
  const checksum = verifyBytes(originalKey, original, originalContent);
  const fetchedAt = performance.now();
  const { image, thumbnails } = await render(original, specs, { ...limits, memoryBytes });
  const renderedAt = performance.now();
  const stored = await withDeadline(storeDeadline, (signal) =>
    Promise.all(thumbnails.map((thumbnail) => storeThumbnail(store, { jobId, thumbnail, signal }))),
  );
  return {
    image,
    ...(originalContent.checksum === null && { checksum }),
    thumbnails: stored,
    timings: {
      fetchMs: Math.round(fetchedAt - startedAt),
      renderMs: Math.round(renderedAt - fetchedAt),
      storeMs: Math.round(performance.now() - renderedAt),
    },
  };
}

/** Reads the whole original into memory; the API accepts none that is too large for this. */
async function fetchOriginal(store: Pick<ObjectStore, 'read'>, key: string, signal: AbortSignal): Promise<Buffer> {
  const original = await store.read(key, { signal });
  if (original) return original;
  throw new AppError('original_missing', 'The original is not in the object store.', { retryable: true });
}
