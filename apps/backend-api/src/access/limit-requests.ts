import { everybody } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import type { Context, MiddlewareHandler } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { callerAddress } from './caller-address.ts';
import type { Usage } from './usage/usage-counter.ts';

/** What usage is counted by: the address of every caller, and the owner of every caller with a key. */
export type CountedBy = 'address' | 'owner';

/** What is counted. */
export type Counted = 'requests' | 'bytes' | 'rendering';

/** What the limits work with. */
export type RateLimitDeps = Pick<ApiDeps, 'config' | 'paths' | 'counter' | 'metrics'>;

/**
 * Counts every request by address or by owner, and rejects it with `rate_limited` once the limit of the window is used up.
 * `limitOpenRequests` counts health, metrics and documentation.
 *
 * The limit by address runs before authentication, so that failed attempts count too; the limit by owner runs after it.
 */
export function limitRequests(deps: RateLimitDeps, by: CountedBy): MiddlewareHandler<ApiEnv> {
  const { requests, windowSeconds } = deps.config.rateLimits;
  const { healthLive, healthCheck, healthReady, metrics, openapi, documentation } = deps.paths;
  const unlimited = new Set([healthLive, healthCheck, healthReady, metrics, openapi, documentation]);
  return async (context, next) => {
    const isUnlimited = unlimited.has(context.req.path) || context.req.path.startsWith(`${documentation}/`);
    const subject = requests > 0 && !isUnlimited ? findSubject(context, deps, by) : null;
    if (subject) {
      const usage = await deps.counter.add(`requests:${subject}`, 1);
      context.header('ratelimit-policy', `"${by}";q=${requests};w=${windowSeconds}`, { append: true });
      setUsageHeaders(context, by, usage, requests);
      if (usage.used > requests) throw refuse(deps, { by, what: 'requests', usage });
    }
    await next();
  };
}

/** The key that usage is counted under; null for a caller without an owner of its own. Never shown and never logged. */
export function findSubject(context: Context<ApiEnv>, { config }: RateLimitDeps, by: CountedBy): string | null {
  const owner = context.get('owner');
  if (by === 'owner') return owner === everybody || owner === '' ? null : `owner:${owner}`;
  return `address:${callerAddress(context, config.links)}`;
}

/** Adds the remaining quota of a policy to the response (draft-ietf-httpapi-ratelimit-headers-10, 4). */
export function setUsageHeaders(
  context: Context<ApiEnv>,
  policy: string,
  { used, resetMs }: Usage,
  quota: number,
): void {
  const remaining = `"${policy}";r=${Math.max(0, quota - used)};t=${Math.ceil(resetMs / 1_000)}`;
  context.header('ratelimit', remaining, { append: true });
}

const exceeded: Record<Counted, string> = {
  requests: 'Too many requests were sent.',
  bytes: 'Too many bytes were uploaded.',
  rendering: 'Too much rendering was requested.',
};

/** The error to throw for a caller above the limit; counts it in the metrics. */
export function refuse(
  { metrics }: RateLimitDeps,
  { by, what, usage }: { by: CountedBy; what: Counted; usage: Usage },
): AppError {
  metrics.rateLimited.inc({ by, what });
  const retryAfterSeconds = Math.max(1, Math.ceil(usage.resetMs / 1_000));
  return new AppError('rate_limited', `${exceeded[what]} Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
}
