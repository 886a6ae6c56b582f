import { assertHasQuota, assertMayAdd } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { findSubject, refuse } from './limit-requests.ts';

type BudgetDeps = Pick<ApiDeps, 'config' | 'paths' | 'counter' | 'metrics' | 'database' | 'log'>;

/**
 * Rejects a request for renderings before its body is read, if its owner has used up the render time of the window, or has too
 * many unfinished jobs. Called for every request that creates or retries jobs.
 *
 * @throws AppError `rate_limited`
 */
export async function assertMayRender(context: Context<ApiEnv>, deps: BudgetDeps): Promise<void> {
  const { renderSeconds } = deps.config.rateLimits;
  const key = budgetKey(context, deps);
  if (key) {
    const usage = await deps.counter.add(key, 0);
    const by = context.var.owner === '' ? 'address' : 'owner';
    if (usage.used >= renderSeconds * 1_000) throw refuse(deps, { by, what: 'rendering', usage });
  }
  const { bounds } = deps.config;
  await deps.database.run((executor) => assertMayAdd(executor, { owner: context.var.owner, count: 1 }, bounds));
}

/**
 * Rejects an upload before its body is read, as {@link assertMayRender} does, and if its owner has used up its storage.
 *
 * @throws AppError `rate_limited`, `quota_exceeded`
 */
export async function assertMayUpload(context: Context<ApiEnv>, deps: BudgetDeps): Promise<void> {
  await assertMayRender(context, deps);
  await assertHasQuota(deps, context.var.owner, deps.config.bounds);
}

/**
 * Counts the estimated time of renderings that were accepted, in milliseconds. The last request of a window may exceed the
 * limit: a batch can be larger than what is left, and it would otherwise never be accepted.
 */
export async function countRendering(context: Context<ApiEnv>, deps: BudgetDeps, costMs: number): Promise<void> {
  const key = budgetKey(context, deps);
  if (key && costMs > 0) await deps.counter.add(key, costMs);
}

/** Without a key, clients are counted by address. Null without a limit. */
function budgetKey(context: Context<ApiEnv>, deps: BudgetDeps): string | null {
  if (deps.config.rateLimits.renderSeconds === 0) return null;
  return `rendering:${findSubject(context, deps, 'owner') ?? findSubject(context, deps, 'address')}`;
}
