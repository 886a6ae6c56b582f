import { createHash } from 'node:crypto';
import { claimJob, finishJob, type JobsDeps } from '@thumbnail-api/jobs';
import { thumbnailKey } from '@thumbnail-api/storage';

/** Finishes a job like a worker. Its first thumbnail is `bytes`; every other one is a byte longer, whatever its spec. */
export async function endJob(deps: JobsDeps, id: string, bytes = new Uint8Array([1, 2, 3])): Promise<void> {
  const run = await claimJob(deps, id);
  if (!run) throw new Error('the job cannot be claimed');
  const rendered = run.specs.map((spec, position) => {
    const content = position === 0 ? bytes : new Uint8Array([...bytes, position]);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const key = thumbnailKey(id, spec.name, sha256, spec.format);
    return { spec, content, sha256, key, name: spec.name, type: `image/${spec.format}`, bytes: content.length };
  });
  for (const { key, content, type } of rendered) await deps.store.put(key, content, type);
  const looks = { width: 10, height: 10, thumbHash: 'AA==', dominantColour: '#000000' };
  const thumbnails = rendered.map(({ content: _, ...thumbnail }) => ({ ...thumbnail, ...looks }));
  const timings = { queuedMs: 1, fetchMs: 2, renderMs: 3, storeMs: 4 };
  await finishJob(deps, { id, run: run.run, imageId: run.image.id, width: 20, height: 20, thumbnails, timings });
}
