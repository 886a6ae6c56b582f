import { mayReadMetrics } from '@thumbnail-api/telemetry';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';

/**
 * Whether a request may read metrics and the details of readiness. Counts a wrong metrics token.
 *
 * @throws AppError `rate_limited` if its address has sent too many
 */
export function maySeeMetrics(context: Context<ApiEnv>, { config }: Pick<ApiDeps, 'config'>): Promise<boolean> {
  const token = context.req.header('authorization');
  const verify = () => mayReadMetrics(config.metrics, token);
  // Without a token, there is nothing to count: the API may be open, or the client may not know that it needs one.
  if (token === undefined || !config.metrics.token) return Promise.resolve(verify());
  return context.var.wrongTokens.check(context, { kind: 'metrics', token }, verify);
}
