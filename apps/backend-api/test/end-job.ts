import { createHash } from 'node:crypto';
import { claimJob, finishJob, type JobsDeps } from '@thumbnail-api/jobs';
import { thumbnailKey } from '@thumbnail-api/storage';

/** Ends a job as a worker would, each of its thumbnails being `bytes`, whatever was asked for. */
export async function endJob(deps: JobsDeps, id: string, bytes = new Uint8Array([1, 2, 3])): Promise<void> {
  const run = await claimJob(deps, id);
  if (!run) throw new Error('there is nothing to end');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const thumbnails = run.specs.map((spec) => ({
    name: spec.name,
    key: thumbnailKey(id, spec.name, sha256, spec.format),
    type: `image/${spec.format}`,
    width: 10,
    height: 10,
    bytes: bytes.length,
    sha256,
    thumbHash: 'AA==',
    dominantColour: '#000000',
    spec,
  }));
  for (const { key, type } of thumbnails) await deps.store.put(key, bytes, type);
  const timings = { queuedMs: 1, fetchMs: 2, renderMs: 3, storeMs: 4 };
  await finishJob(deps, { id, run: run.run, imageId: run.image.id, width: 20, height: 20, thumbnails, timings });
}
