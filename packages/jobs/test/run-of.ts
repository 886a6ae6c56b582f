import { type ClaimedJob, claimJob, type Failure, finishJob } from '../src/index.ts';
import type { TestJobs } from './open-test-jobs.ts';

/** One failure of each kind. */
export const transient: Failure = {
  code: 'storage_unavailable',
  message: 'The store is unavailable.',
  retryable: true,
};
export const permanent: Failure = { code: 'image_corrupt', message: 'The image is damaged.', retryable: false };
export const timeout: Failure = { code: 'render_timeout', message: 'Rendering took too long.', retryable: false };

/** Starts the next run; throws if the job cannot be claimed. */
export async function claim(jobs: TestJobs, id: string): Promise<ClaimedJob> {
  const claimed = await claimJob(jobs, id);
  if (!claimed) throw new Error('the job could not be claimed');
  return claimed;
}

/** The key of a job's thumbnail. */
export const keyOf = (id: string, name = 'default') => `thumbnails/${id}/${name}-aaaaaaaaaaaaaaaa.webp`;

/** Stores a thumbnail, as a worker does. */
export const store = (jobs: TestJobs, id: string, name?: string) =>
  jobs.store.put(keyOf(id, name), new Uint8Array(1), 'image/webp');

/** Finishes a run with one thumbnail for each spec. */
export const finish = (jobs: TestJobs, run: ClaimedJob, name = 'default') =>
  finishJob(jobs, {
    id: run.id,
    run: run.run,
    imageId: run.image.id,
    width: 20,
    height: 10,
    thumbnails: run.specs.map((spec) => ({
      name,
      key: keyOf(run.id, name),
      type: 'image/webp',
      width: 100,
      height: 100,
      bytes: 1,
      sha256: 'a'.repeat(64),
      thumbHash: 'AA==',
      dominantColour: '#000000',
      spec,
    })),
    timings: { queuedMs: 1, fetchMs: 1, renderMs: 1, storeMs: 1 },
  });
