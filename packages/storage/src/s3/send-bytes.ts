import type { S3Bucket } from './s3-bucket.ts';
import { readErrorResponse } from './s3-error.ts';

/** A signed PUT request. */
export interface PutRequest {
  url: string;
  /** The media type of the bytes. */
  type: string;
  signal: AbortSignal;
}

const sliceBytes = 256 * 1024;

/**
 * Sends bytes in one request, by `fetch` instead of the SDK, and returns the headers of the response.
 *
 * @throws S3ErrorResponse for an error status; what `fetch` throws, also when the response is late
 */
export async function sendBytes(
  { deadlines }: S3Bucket,
  bytes: Uint8Array,
  { url, type, signal }: PutRequest,
): Promise<Headers> {
  const response = await fetch(url, {
    method: 'PUT',
    // Short bytes are copied: after an early response `fetch` still sends, when their buffer may be in use again.
    body: bytes.byteLength > sliceBytes ? streamSlices(bytes) : bytes.slice(),
    headers: { 'content-type': type, 'content-length': String(bytes.byteLength) },
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(deadlines.answerMs)]),
  });
  if (!response.ok) throw await readErrorResponse(response);
  // The connection is used again only after the response is read to its end.
  await response.arrayBuffer();
  return response.headers;
}

/** Streams the bytes in slices. Given as a whole, `fetch` would hold a second copy of them until they are sent. */
function streamSlices(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (sent >= bytes.byteLength) return controller.close();
        controller.enqueue(bytes.subarray(sent, sent + sliceBytes));
        sent += sliceBytes;
      },
    },
    { highWaterMark: 0 },
  );
}
