import type { Context } from 'hono';
import { type CountedBy, findSubject, type RateLimitDeps, refuse, setUsageHeaders } from '../access/limit-requests.ts';
import type { ApiEnv } from '../http/api-env.ts';

interface Subject {
  by: CountedBy;
  /** The key of the shared counter. */
  key: string;
}

/** Bytes are added to the shared counter in steps of this size, so an upload may exceed the quota by one step. */
const stepBytes = 1024 * 1024;

/** Counts the bytes of one upload against the quota of its caller. */
export class UploadMeter {
  readonly #deps: RateLimitDeps;
  readonly #subjects: Subject[];
  readonly #onReceived: (bytes: number) => void;
  /** Received, but not yet added to the shared counter. */
  #pendingBytes = 0;

  constructor(deps: RateLimitDeps, subjects: Subject[], onReceived: (bytes: number) => void) {
    this.#deps = deps;
    this.#subjects = subjects;
    this.#onReceived = onReceived;
  }

  /**
   * Counts received bytes.
   *
   * @throws AppError `rate_limited` if the caller has used up its quota
   */
  async count(bytes: number): Promise<void> {
    const { config, metrics } = this.#deps;
    metrics.uploadBytes.inc(bytes);
    this.#onReceived(bytes);
    this.#pendingBytes += bytes;
    if (this.#pendingBytes < stepBytes) return;
    const usages = await this.#flush();
    const exceeded = usages.find(({ usage }) => usage.used > config.rateLimits.bytes);
    if (exceeded) throw refuse(this.#deps, { ...exceeded, what: 'bytes' });
  }

  /** Counts the rest. Call it when the upload is over, also if it failed. */
  async close(): Promise<void> {
    if (this.#pendingBytes > 0) await this.#flush();
  }

  #flush() {
    const bytes = this.#pendingBytes;
    this.#pendingBytes = 0;
    const { counter } = this.#deps;
    return Promise.all(this.#subjects.map(async ({ by, key }) => ({ by, usage: await counter.add(key, bytes) })));
  }
}

/**
 * Starts to count the bytes of an upload and sets the rate limit headers.
 *
 * @throws AppError `rate_limited` if the quota is used up, or smaller than the declared length of the upload
 */
export async function openUploadMeter(context: Context<ApiEnv>, deps: RateLimitDeps): Promise<UploadMeter> {
  const { bytes: quota, windowSeconds } = deps.config.rateLimits;
  const subjects = quota > 0 ? findSubjects(context, deps) : [];
  // A length above the quota is rejected later with 413: the quota is at least MAX_UPLOAD_BYTES, and waiting would not help.
  const declaredBytes = Math.min(Number(context.req.header('content-length') ?? 0) || 0, quota);
  for (const { by, key } of subjects) {
    const usage = await deps.counter.add(key, 0);
    const policy = `"${by}-bytes";q=${quota};w=${windowSeconds};qu="content-bytes"`;
    context.header('ratelimit-policy', policy, { append: true });
    setUsageHeaders(context, `${by}-bytes`, usage, quota);
    if (usage.used >= quota || usage.used + declaredBytes > quota) throw refuse(deps, { by, what: 'bytes', usage });
  }
  context.set('bytesIn', 0);
  return new UploadMeter(deps, subjects, (bytes) => context.set('bytesIn', (context.var.bytesIn ?? 0) + bytes));
}

const findSubjects = (context: Context<ApiEnv>, deps: RateLimitDeps): Subject[] =>
  (['address', 'owner'] as const).flatMap((by) => {
    const subject = findSubject(context, deps, by);
    return subject ? [{ by, key: `bytes:${subject}` }] : [];
  });
