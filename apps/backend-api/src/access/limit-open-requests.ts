import { mayReadMetrics } from '@thumbnail-api/telemetry';
import { createMiddleware } from 'hono/factory';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { callerAddress, isLoopback } from './caller-address.ts';
import { refuse } from './limit-requests.ts';
import { openMemoryCounter } from './usage/memory-counter.ts';

const windowMs = 10_000;
/** Far above what probes, scrapers and readers of the documentation send. */
const requestsMax = 300;

/** The paths that need no key and are not counted by `limitRequests`. */
const isDocumentation = ({ openapi, documentation }: ApiDeps['paths'], path: string): boolean =>
  path === openapi || path === documentation || path.startsWith(`${documentation}/`);

/**
 * Counts the requests for health, metrics and documentation by address, in the memory of this process. Above 300 in 10
 * seconds it rejects the documentation with `rate_limited`, and metrics come from a copy.
 *
 * Health and metrics are never rejected: a load balancer may send clients and its own probes from one address. Callers on
 * this machine and those with the metrics token are not counted.
 */
export function limitOpenRequests(deps: Pick<ApiDeps, 'config' | 'paths' | 'counter' | 'metrics'>) {
  const { healthLive, healthCheck, healthReady, metrics } = deps.paths;
  const counted = new Set([healthLive, healthCheck, healthReady, metrics]);
  const counter = openMemoryCounter(windowMs);
  const hasMetricsToken = (header: string | undefined) =>
    deps.config.metrics.token !== undefined && mayReadMetrics(deps.config.metrics, header);
  return createMiddleware<ApiEnv>(async (context, next) => {
    const { path } = context.req;
    const isRejectable = isDocumentation(deps.paths, path);
    const address = isRejectable || counted.has(path) ? callerAddress(context, deps.config.links) : null;
    if (address && !isLoopback(address) && !hasMetricsToken(context.req.header('authorization'))) {
      const usage = await counter.add(address, 1);
      if (usage.used > requestsMax && isRejectable) throw refuse(deps, { by: 'address', what: 'requests', usage });
      context.set('isFlooding', usage.used > requestsMax);
    }
    await next();
  });
}
