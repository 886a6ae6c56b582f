import { startTimeout, type Timeout } from '@thumbnail-api/resilience';
import { callS3, retryS3 } from './call-s3.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { isMissingObject, readErrorResponse } from './s3-error.ts';
import { signObjectRequest } from './sign-request.ts';

/** A body may take one idle timeout for each 5 MiB, which is about 4 Mbit/s. */
const bytesPerIdleTimeout = 5 * 1024 * 1024;

/** A response whose body is not read yet, and the timeout for it. */
interface OpenResponse {
  response: Response;
  timeout: Timeout;
}

/**
 * Returns all bytes of an object, or null when there is no object. Retries only until the headers of the response
 * arrive.
 *
 * @throws AppError `storage_unavailable`; the reason of `signal`
 */
export async function readObject(
  bucket: S3Bucket,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Buffer<ArrayBuffer> | null> {
  const { callMs, idleMs } = bucket.deadlines;
  return await callS3(`read ${key}`, { deadlineMs: callMs, signal }, async (abortSignal) => {
    const open = await retryS3(abortSignal, () => requestObject(bucket, key, abortSignal));
    return open && (await readBody(open, idleMs));
  });
}

async function requestObject(bucket: S3Bucket, key: string, signal: AbortSignal): Promise<OpenResponse | null> {
  const timeout = startTimeout(bucket.deadlines.answerMs);
  try {
    const response = await fetch(await signObjectRequest(bucket, key, 'GET'), {
      // Otherwise a proxy may compress the body, and its length would differ from the size of the object.
      headers: { 'accept-encoding': 'identity' },
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout.signal]),
    });
    if (!response.ok) throw await readErrorResponse(response);
    return { response, timeout };
  } catch (error) {
    timeout.stop();
    if (isMissingObject(error)) return null;
    throw error;
  }
}

/** Reads the body in one call: reading and checking each chunk costs twice as much. */
async function readBody({ response, timeout }: OpenResponse, idleMs: number): Promise<Buffer<ArrayBuffer>> {
  const announcedBytes = Number(response.headers.get('content-length'));
  timeout.restart(idleMs * Math.max(1, Math.ceil(announcedBytes / bytesPerIdleTimeout)));
  try {
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.byteLength === announcedBytes) return bytes;
    throw new Error(`received ${bytes.byteLength} bytes of ${announcedBytes}`);
  } finally {
    timeout.stop();
  }
}
