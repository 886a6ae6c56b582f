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

/** Tries again, after a pause that grows, what may pass: a lost connection, a late answer, a server in trouble. */
export async function tried<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
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
