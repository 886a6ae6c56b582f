import { createHash } from 'node:crypto';
import type { RenderedThumbnail } from '@thumbnail-api/renderer-protocol';
import { type ObjectStore, thumbnailKey } from '@thumbnail-api/storage';
import { formats } from './encode/encode.ts';
import type { Thumbnail } from './pipeline.ts';

/**
 * Puts a thumbnail under a key that names its content; putting it twice changes nothing.
 *
 * @throws AppError `storage_unavailable`
 */
export async function storeThumbnail(
  store: Pick<ObjectStore, 'put'>,
  { jobId, thumbnail, signal }: { jobId: string; thumbnail: Thumbnail; signal: AbortSignal },
): Promise<RenderedThumbnail> {
  const { spec, bytes, ...described } = thumbnail;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { type, extension } = formats[spec.format];
  const key = thumbnailKey(jobId, spec.name, sha256, extension);
  await store.put(key, bytes, type, { signal });
  return { name: spec.name, key, type, ...described, bytes: bytes.byteLength, sha256, spec };
}
