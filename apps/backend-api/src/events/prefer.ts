import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';

const waitMaxSeconds = 30;

/** The `Prefer` header, for the OpenAPI document. */
export const preferHeader = z.object({
  prefer: z
    .string()
    .optional()
    .meta({
      description: `How long to wait for the end of the job (RFC 7240): at most ${waitMaxSeconds} seconds.`,
      example: 'wait=10',
    }),
});

/**
 * How many seconds a request prefers to wait (RFC 7240, `Prefer: wait=N`): at most 30, and 0 without the preference. Sets
 * `Preference-Applied` and `Vary`.
 */
export function preferredWait(context: Context<ApiEnv>): number {
  context.header('vary', 'Prefer', { append: true });
  const [, digits] = /(?:^|,)\s*wait\s*=\s*"?(\d+)"?\s*(?:[,;]|$)/i.exec(context.req.header('prefer') ?? '') ?? [];
  if (digits === undefined) return 0;
  const seconds = Math.min(waitMaxSeconds, Number(digits));
  context.header('preference-applied', `wait=${seconds}`);
  return seconds;
}
