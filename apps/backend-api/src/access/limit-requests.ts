import { everybody } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import type { Context, MiddlewareHandler } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { callerAddress } from './caller-address.ts';
import type { Usage } from './usage/usage-counter.ts';

/** Who is told apart: everybody by address, and by owner whoever has one of their own. */
export type CountedBy = 'address' | 'owner';

/** What is counted. */
export type Counted = 'requests' | 'bytes';

/** What the limits work with. */
export type RateLimitDeps = Pick<ApiDeps, 'config' | 'paths' | 'counter' | 'metrics'>;

/**
 * Counts every request of an address, or of an owner, and refuses it with `rate_limited` once a window's are used up. Health,
 * metrics and documentation are not counted.
 *
 * By address it comes before callers are told apart, so that failed attempts at that count as well; by owner behind it.
 */
export function limitRequests(deps: RateLimitDeps, by: CountedBy): MiddlewareHandler<ApiEnv> {
  const { requests, windowSeconds } = deps.config.rateLimits;
  const { healthLive, healthCheck, healthReady, metrics, openapi, documentation } = deps.paths;
  const free = new Set([healthLive, healthCheck, healthReady, metrics, openapi, documentation]);
  return async (context, next) => {
    const isFree = free.has(context.req.path) || context.req.path.startsWith(`${documentation}/`);
    const subject = requests > 0 && !isFree ? findSubject(context, deps, by) : null;
    if (subject) {
      const usage = await deps.counter.add(`requests:${subject}`, 1);
      context.header('ratelimit-policy', `"${by}";q=${requests};w=${windowSeconds}`, { append: true });
      setUsageHeaders(context, by, usage, requests);
      if (usage.used > requests) throw refuse(deps, { by, what: 'requests', usage });
    }
    await next();
  };
}

/** What is counted under: never shown, never logged. Null where the caller has nothing of that kind. */
export function findSubject(context: Context<ApiEnv>, { config }: RateLimitDeps, by: CountedBy): string | null {
  const owner = context.get('owner');
  if (by === 'owner') return owner === everybody || owner === '' ? null : `owner:${owner}`;
  return `address:${callerAddress(context, config.links)}`;
}

/** Adds what is left of a policy (draft-ietf-httpapi-ratelimit-headers-10, 4). */
export function setUsageHeaders(
  context: Context<ApiEnv>,
  policy: string,
  { used, resetMs }: Usage,
  quota: number,
): void {
  const left = `"${policy}";r=${Math.max(0, quota - used)};t=${Math.ceil(resetMs / 1_000)}`;
  context.header('ratelimit', left, { append: true });
}

/** The refusal, which is counted. */
export function refuse(
  { metrics }: RateLimitDeps,
  { by, what, usage }: { by: CountedBy; what: Counted; usage: Usage },
): AppError {
  metrics.rateLimited.inc({ by, what });
  const detail = what === 'requests' ? 'There were too many requests.' : 'Too many bytes were uploaded.';
  return new AppError('rate_limited', detail, { retryAfterSeconds: Math.max(1, Math.ceil(usage.resetMs / 1_000)) });
}
