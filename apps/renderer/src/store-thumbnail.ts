import { createHash } from 'node:crypto';
import type { RenderedThumbnail } from '@thumbnail-api/renderer-protocol';
import { type ObjectStore, thumbnailKey } from '@thumbnail-api/storage';
import { formats } from '@thumbnail-api/thumbnail-spec';
import type { Thumbnail } from './pipeline.ts';

/**
 * Stores a thumbnail under a key that follows from its content; idempotent.
 *
 * @throws AppError `storage_unavailable`
 */
export async function storeThumbnail(
  store: Pick<ObjectStore, 'put'>,
  { jobId, thumbnail, signal }: { jobId: string; thumbnail: Thumbnail; signal: AbortSignal },
): Promise<RenderedThumbnail> {
  const { spec, bytes, ...described } = thumbnail;
  const { mediaType, extension } = formats[spec.format];
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = thumbnailKey(jobId, spec.name, sha256, extension);
  await store.put(key, bytes, mediaType, { signal });
  return { name: spec.name, key, type: mediaType, ...described, bytes: bytes.byteLength, sha256, spec };
}
