import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Config, S3Deadlines } from './s3-client.ts';

/** Whole bodies to a bucket, past the SDK: its signature over the bytes and its many steps cost more than they. */
export interface S3Transfer {
  /** Keeps the bytes in one request. */
  put(key: string, bytes: Uint8Array, type: string, signal: AbortSignal): Promise<void>;
}

/** A status that S3 did not mean well with. */
class S3Refusal extends Error {
  override readonly name = 'S3Refusal';
  readonly status: number;

  constructor(status: number, code: string | undefined) {
    super(`S3 answered ${status} ${code ?? ''}`);
    this.status = status;
  }
}

const triesMax = 3;
const pauseMs = 100;
/** Long enough for a request that waits for a free connection. */
const signedForSeconds = 900;

/**
 * Opens it on the bucket of `config`. Requests are signed by their address (SigV4, unsigned payload) with the credentials
 * that `client` finds, and tried three times as the SDK does; each has `answerMs`.
 */
export function openS3Transfer(client: S3Client, config: S3Config, { answerMs }: S3Deadlines): S3Transfer {
  const { bucket, region, endpoint } = config;
  const sign = async (key: string, method: 'PUT') => {
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
  return {
    put: (key, bytes, type, signal) =>
      tried(signal, async () => {
        const response = await fetch(await sign(key, 'PUT'), {
          method: 'PUT',
          body: bytes as Uint8Array<ArrayBuffer>,
          headers: { 'content-type': type },
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
        });
        // Read to its end, or the connection is not used again.
        const answer = await response.text();
        if (!response.ok) throw new S3Refusal(response.status, /<Code>(\w+)<\/Code>/.exec(answer)?.[1]);
      }),
  };
}

/** Tries again, after a pause that grows, what may pass: a lost connection, a late answer, a server in trouble. */
async function tried<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const passes = !(error instanceof S3Refusal) || error.status >= 500 || error.status === 429;
      if (!passes || tries === triesMax) throw error;
      await Bun.sleep(Math.random() * pauseMs * 2 ** tries);
    }
  }
}
