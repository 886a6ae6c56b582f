import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';

const waitMaxSeconds = 30;

/** The header, for the document. */
export const preferHeader = z.object({
  prefer: z
    .string()
    .optional()
    .meta({ description: 'RFC 7240: how long to wait for the end, at most 30 seconds.', example: 'wait=10' }),
});

/**
 * For how long a request prefers to wait (RFC 7240, `Prefer: wait=N`), in seconds, at most 30; 0 when it does not.
 * Says in the answer what was made of it.
 */
export function preferredWait(context: Context<ApiEnv>): number {
  context.header('vary', 'Prefer', { append: true });
  const [, digits] = /(?:^|,)\s*wait\s*=\s*"?(\d+)"?\s*(?:[,;]|$)/i.exec(context.req.header('prefer') ?? '') ?? [];
  if (digits === undefined) return 0;
  const seconds = Math.min(waitMaxSeconds, Number(digits));
  context.header('preference-applied', `wait=${seconds}`);
  return seconds;
}
