import type { FinishedRun } from '@thumbnail-api/jobs';
import { type ObjectStore, thumbnailKey } from '@thumbnail-api/storage';
import { formats } from '@thumbnail-api/thumbnail-spec';
import type { Thumbnail } from './pool/render-task.ts';

/**
 * Stores a thumbnail under a key that follows from its content; idempotent. Nothing of the key and the type comes from the
 * renderer.
 *
 * @throws AppError `storage_unavailable`; the reason of the signal
 */
export async function storeThumbnail(
  store: Pick<ObjectStore, 'put'>,
  jobId: string,
  { content, ...thumbnail }: Thumbnail,
  signal: AbortSignal,
): Promise<FinishedRun['thumbnails'][number]> {
  const { spec } = thumbnail;
  const { mediaType, extension } = formats[spec.format];
  const sha256 = new Bun.CryptoHasher('sha256').update(content).digest('hex');
  const key = thumbnailKey(jobId, spec.name, sha256, extension);
  await store.put(key, content, mediaType, { signal });
  return { ...thumbnail, key, type: mediaType, sha256 };
}
