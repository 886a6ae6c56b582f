import { callStore } from '../call-store.ts';
import { MultipartUpload } from './multipart-upload.ts';
import { type PutTarget, putBytes } from './put-bytes.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { type Part, splitParts } from './split-parts.ts';

/**
 * Stores a stream of unknown length as one object: up to 5 MiB in one request, more in a multipart upload, one part
 * after the other. Each request has its own deadline; the whole has none, because the sender decides how fast the
 * stream arrives.
 *
 * Holds one part in memory and reads no further while it sends the part. After a failure it aborts the multipart
 * upload; if that fails too, the bucket's rule for incomplete uploads has to remove it.
 *
 * @throws AppError `storage_unavailable`; what `chunks` throws; the reason of `signal`
 */
export const putStream = (
  bucket: S3Bucket,
  target: PutTarget,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> =>
  callStore(`put ${target.key}`, signal, () =>
    bucket.buffers.withBuffer((buffer) => putParts(bucket, target, splitParts(chunks, buffer), signal)),
  );

async function putParts(
  bucket: S3Bucket,
  target: PutTarget,
  parts: AsyncIterable<Part>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let upload: MultipartUpload | undefined;
  try {
    for await (const { bytes, isLast } of parts) {
      if (isLast && !upload) return await putBytes(bucket, target, bytes, signal);
      upload ??= await MultipartUpload.start(bucket, target);
      await upload.sendPart(bytes, signal);
    }
    await upload?.complete();
  } catch (error) {
    await upload?.abort();
    throw error;
  }
}
