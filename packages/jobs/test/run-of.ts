import { type ClaimedJob, claimJob, type Failure, finishJob } from '../src/index.ts';
import type { TestJobs } from './open-test-jobs.ts';

/** Failures of the three kinds. */
export const passing: Failure = { code: 'storage_unavailable', message: 'The store is away.', retryable: true };
export const permanent: Failure = { code: 'image_corrupt', message: 'The picture is damaged.', retryable: false };
export const timeout: Failure = { code: 'render_timeout', message: 'It took too long.', retryable: false };

/** Begins the next run; fails the test when there is none to begin. */
export async function claim(jobs: TestJobs, id: string): Promise<ClaimedJob> {
  const claimed = await claimJob(jobs, id);
  if (!claimed) throw new Error('nothing was claimed');
  return claimed;
}

/** The key under which a run keeps its thumbnail. */
export const keyOf = (id: string, name = 'default') => `thumbnails/${id}/${name}-aaaaaaaaaaaaaaaa.webp`;

/** Stores a thumbnail of the run, as a renderer does. */
export const store = (jobs: TestJobs, id: string, name?: string) =>
  jobs.store.put(keyOf(id, name), new Uint8Array(1), 'image/webp');

/** Ends a run in success with one thumbnail for each spec. */
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
