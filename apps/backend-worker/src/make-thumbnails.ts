import type { ImageLimits } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import type { ClaimedJob, FinishedRun } from '@thumbnail-api/jobs';
import { type Deadline, withDeadline } from '@thumbnail-api/resilience';
import { type ObjectContent, type ObjectStore, originalKey, verifyBytes } from '@thumbnail-api/storage';
import type { RendererPool } from './pool/renderer-pool.ts';
import { storeThumbnail } from './store-thumbnail.ts';

/** The dependencies of a job's thumbnails. */
export interface ThumbnailDeps {
  store: Pick<ObjectStore, 'read' | 'put'>;
  renderers: Pick<RendererPool, 'render'>;
  limits: ImageLimits;
  renderTimeoutMs: number;
}

/** What is needed of a claimed job. */
export interface JobToRender extends Pick<ClaimedJob, 'id' | 'owner' | 'crashes' | 'specs'> {
  image: Pick<ClaimedJob['image'], 'id' | keyof ObjectContent>;
}

/** The stored thumbnails of a job. */
export interface MadeThumbnails extends Pick<FinishedRun, 'width' | 'height' | 'thumbnails'> {
  /** The checksum of the original, if none was recorded. */
  checksum: string | undefined;
  timings: { fetchMs: number; renderMs: number; storeMs: number };
}

/** The share of a renderer's time for fetching, and again for storing: a slow store is not mistaken for a slow image. */
const storeShare = 0.4;

/**
 * Makes the thumbnails of a claimed job: fetches the original and verifies it, hands it to a renderer, and stores what comes
 * back.
 *
 * @throws AppError with a code of a job, among them `storage_unavailable` if the store takes more than its share of the time;
 *   the reason of the signal
 */
export async function makeThumbnails(
  { store, renderers, limits, renderTimeoutMs }: ThumbnailDeps,
  job: JobToRender,
  signal: AbortSignal,
): Promise<MadeThumbnails> {
  const deadline: Deadline = {
    deadlineMs: storeShare * renderTimeoutMs,
    code: 'storage_unavailable',
    message: 'The object store did not answer in time.',
  };
  const within = <T>(work: (both: AbortSignal) => Promise<T>) =>
    withDeadline(deadline, (expired) => work(AbortSignal.any([signal, expired])));
  const startedAt = performance.now();
  const original = await within((both) => fetchOriginal(store, job, both));
  const fetchedAt = performance.now();
  const task = { jobId: job.id, owner: job.owner, original: original.bytes, specs: job.specs, limits };
  // A second crash fails the job, so it must not be caused by what earlier jobs left in the renderer.
  const { image, thumbnails } = await renderers.render(task, { signal, fresh: job.crashes > 0 });
  const renderedAt = performance.now();
  const stored = await within((both) =>
    Promise.all(thumbnails.map((thumbnail) => storeThumbnail(store, job.id, thumbnail, both))),
  );
  return {
    width: image.width,
    height: image.height,
    thumbnails: stored,
    checksum: job.image.checksum === null ? original.checksum : undefined,
    timings: {
      fetchMs: Math.round(fetchedAt - startedAt),
      renderMs: Math.round(renderedAt - fetchedAt),
      storeMs: Math.round(performance.now() - renderedAt),
    },
  };
}

/** Reads the whole original into memory; the API accepts none that is too large for this. */
async function fetchOriginal(store: Pick<ObjectStore, 'read'>, { image }: JobToRender, signal: AbortSignal) {
  const key = originalKey(image.id);
  const bytes = await store.read(key, { signal });
  if (!bytes) throw new AppError('original_missing', 'The original is not in the object store.', { retryable: true });
  return { bytes, checksum: verifyBytes(key, bytes, image) };
}
