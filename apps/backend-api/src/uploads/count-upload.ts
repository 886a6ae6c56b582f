import type { Context } from 'hono';
import { type CountedBy, findSubject, type RateLimitDeps, refuse, setUsageHeaders } from '../access/limit-requests.ts';
import type { ApiEnv } from '../http/api-env.ts';

/** Counts the bytes of one upload as they arrive. */
export interface UploadMeter {
  /** Some more have arrived. Throws AppError `rate_limited` when they are more than the caller has left. */
  count(bytes: number): Promise<void> | void;
  /** Counts what is left to count; to be called once the upload is over, however it went. */
  settle(): Promise<void>;
}

/** Not each chunk is worth asking the shared count; as much as this may come in above a limit. */
const countEveryBytes = 1024 * 1024;

/**
 * Begins to count an upload, whatever it says of its length. One that says that it is longer than what its caller has left
 * is refused before it is read.
 *
 * @throws AppError `rate_limited`
 */
export async function countUpload(context: Context<ApiEnv>, deps: RateLimitDeps): Promise<UploadMeter> {
  const { bytes: quota, windowSeconds } = deps.config.rateLimits;
  const kinds: CountedBy[] = quota > 0 ? ['address', 'owner'] : [];
  const subjects = kinds.flatMap((by) => {
    const subject = findSubject(context, deps, by);
    return subject ? [{ by, key: `bytes:${subject}` }] : [];
  });
  // What no window could ever hold, the door refuses for its size.
  const announced = Math.min(Number(context.req.header('content-length') ?? 0) || 0, quota);
  for (const { by, key } of subjects) {
    const usage = await deps.counter.add(key, 0);
    context.header('ratelimit-policy', `"${by}-bytes";q=${quota};w=${windowSeconds};qu="content-bytes"`, {
      append: true,
    });
    setUsageHeaders(context, `${by}-bytes`, usage, quota);
    if (usage.used >= quota || usage.used + announced > quota) throw refuse(deps, { by, what: 'bytes', usage });
  }

  let uncounted = 0;
  const add = () => {
    const arrived = uncounted;
    uncounted = 0;
    return Promise.all(subjects.map(async ({ by, key }) => ({ by, usage: await deps.counter.add(key, arrived) })));
  };
  return {
    count: (bytes) => {
      deps.metrics.uploadBytes.inc(bytes);
      uncounted += bytes;
      if (subjects.length === 0 || uncounted < countEveryBytes) return;
      return add().then((counts) => {
        const spent = counts.find(({ usage }) => usage.used > quota);
        if (spent) throw refuse(deps, { ...spent, what: 'bytes' });
      });
    },
    settle: async () => {
      if (uncounted > 0 && subjects.length > 0) await add();
    },
  };
}
