import { retry } from '@thumbnail-api/resilience';

const triesMax = 3;
const pauseMs = 100;

/** A status that S3 did not mean well with. */
export class S3Refusal extends Error {
  override readonly name = 'S3Refusal';
  readonly status: number;
  /** As S3 calls it. */
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined) {
    super(`S3 answered ${status} ${code ?? ''}`);
    this.status = status;
    this.code = code;
  }
}

/** Reads why S3 refused. */
export async function toRefusal(response: Response): Promise<S3Refusal> {
  const [, code] = /<Code>(\w+)<\/Code>/.exec(await response.text()) ?? [];
  return new S3Refusal(response.status, code);
}

/**
 * Retries what may pass with a growing, random pause: a lost connection, a late answer, a 429 or a 5xx.
 *
 * @throws the error of the last of three tries; the reason of `signal`
 */
export const retryS3 = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
  retry(work, {
    triesMax,
    pauseMs: (tries) => Math.random() * pauseMs * 2 ** tries,
    isRetryable: (error) => {
      signal.throwIfAborted();
      return !(error instanceof S3Refusal) || error.status >= 500 || error.status === 429;
    },
  });
