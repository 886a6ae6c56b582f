import { callS3, retryS3 } from './call-s3.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { sendBytes } from './send-bytes.ts';
import { signObjectRequest } from './sign-request.ts';

/** The object to store. */
export interface PutTarget {
  key: string;
  type: string;
}

/**
 * Stores bytes as one object, in one request.
 *
 * @throws AppError `storage_unavailable`; the reason of `signal`
 */
export function putBytes(
  bucket: S3Bucket,
  { key, type }: PutTarget,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  return callS3(`put ${key}`, { deadlineMs: bucket.deadlines.callMs, signal }, (abortSignal) =>
    retryS3(abortSignal, async () => {
      const url = await signObjectRequest(bucket, key, 'PUT');
      await sendBytes(bucket, bytes, { url, type, signal: abortSignal });
    }),
  );
}
