import { type S3Client, UploadPartCommand, type UploadPartCommandInput } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { startTimeout, type Timeout } from '@thumbnail-api/resilience';
import type { S3Config, S3Deadlines } from './s3-client.ts';
import { retryS3, S3Refusal, toRefusal } from './s3-tries.ts';

/** Whole bodies to and from a bucket, past the SDK: its signature over the bytes and its many steps cost more than they. */
export interface S3Transfer {
  /** Keeps the bytes in one request. */
  put(key: string, bytes: Uint8Array, type: string, signal: AbortSignal): Promise<void>;
  /** Sends a part of a multipart upload in one request; gives its ETag. */
  putPart(part: UploadPartCommandInput, bytes: Uint8Array, signal: AbortSignal): Promise<string>;
  /** All bytes of an object; null when there is none. */
  read(key: string, signal: AbortSignal): Promise<Buffer<ArrayBuffer> | null>;
}

/** So much of a body has to come within the longest silence: some 4 Mbit/s. */
const patientBytes = 5 * 1024 * 1024;
const sliceBytes = 256 * 1024;
/** Long enough for a request that waits for a free connection. */
const signedForSeconds = 900;

/**
 * Opens it on the bucket of `config`. Requests are signed by their address (SigV4, unsigned payload) with the credentials
 * that `client` finds, and retryS3 three times as the SDK does, until the head of the answer is there.
 */
export function openS3Transfer(client: S3Client, config: S3Config, deadlines: S3Deadlines): S3Transfer {
  const { bucket, region, endpoint } = config;
  const sign = async (key: string, method: 'GET' | 'PUT') => {
    const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
    return Bun.S3Client.presign(key, {
      bucket,
      region,
      ...(endpoint ? { endpoint } : { virtualHostedStyle: true }),
      accessKeyId,
      secretAccessKey,
      ...(sessionToken && { sessionToken }),
      method,
      expiresIn: signedForSeconds,
    });
  };
  const send = async (address: string, bytes: Uint8Array, type: string, signal: AbortSignal) => {
    const response = await fetch(address, {
      method: 'PUT',
      // A copy of what is short: `fetch` goes on sending after an early answer, and the memory may be lent to others by then.
      body: bytes.byteLength > sliceBytes ? inSlices(bytes) : bytes.slice(),
      headers: { 'content-type': type, 'content-length': String(bytes.byteLength) },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlines.answerMs)]),
    });
    if (!response.ok) throw await toRefusal(response);
    // Read to its end, or the connection is not used again.
    await response.arrayBuffer();
    return response.headers;
  };
  return {
    put: (key, bytes, type, signal) =>
      retryS3(signal, async () => {
        await send(await sign(key, 'PUT'), bytes, type, signal);
      }),
    putPart: (part, bytes, signal) =>
      retryS3(signal, async () => {
        // Bun's signer knows no parts.
        const address = await getSignedUrl(client, new UploadPartCommand(part), { expiresIn: signedForSeconds });
        const etag = (await send(address, bytes, 'application/octet-stream', signal)).get('etag');
        if (!etag) throw new Error('a part without an ETag');
        return etag;
      }),
    async read(key, signal) {
      const answer = await retryS3(signal, async () => {
        const timeout = startTimeout(deadlines.answerMs);
        try {
          const response = await fetch(await sign(key, 'GET'), {
            // Else a proxy on the way may compress, and the announced length would be another one.
            headers: { 'accept-encoding': 'identity' },
            redirect: 'manual',
            signal: AbortSignal.any([signal, timeout.signal]),
          });
          if (!response.ok) throw await toRefusal(response);
          return { response, timeout };
        } catch (error) {
          timeout.stop();
          if (error instanceof S3Refusal && error.status === 404 && error.code !== 'NoSuchBucket') return null;
          throw error;
        }
      });
      return answer && (await readBody(answer.response, answer.timeout, deadlines.silenceMs));
    },
  };
}

/** In one go: chunk by chunk, with a look at each, costs twice as much. */
async function readBody(response: Response, timeout: Timeout, silenceMs: number): Promise<Buffer<ArrayBuffer>> {
  const announced = Number(response.headers.get('content-length'));
  timeout.restart(silenceMs * Math.max(1, Math.ceil(announced / patientBytes)));
  try {
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.byteLength === announced) return bytes;
    throw new Error(`${bytes.byteLength} bytes came of ${announced}`);
  } finally {
    timeout.stop();
  }
}

/** Given as a whole they would take as much memory again for as long as they are on their way. */
function inSlices(bytes: Uint8Array): ReadableStream<Uint8Array> {
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
