import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { ApiEnv } from '../http/api-env.ts';

/**
 * The one of `types` that the `Accept` header prefers (RFC 9110, 12.5.1). The most specific entry that matches a type gives
 * its weight; of types with the same weight, the first wins. Returns the first type if none matches.
 */
export const preferredType = (context: Context<ApiEnv>, types: [string, ...string[]]): string =>
  accepts(context, {
    header: 'Accept',
    supports: types,
    default: types[0],
    match: (accepted) => types.toSorted((a, b) => weight(accepted, b) - weight(accepted, a))[0] ?? types[0],
  });

function weight(accepted: { type: string; q: number }[], type: string): number {
  const [main] = type.split('/');
  const entries = [type, `${main}/*`, '*/*'].map((range) =>
    accepted.find((entry) => entry.type.toLowerCase() === range),
  );
  return entries.find((entry) => entry !== undefined)?.q ?? 0;
}
