import { z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { type IdempotencyKey, type ReservedKey, withIdempotencyKey } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from './api-env.ts';

const keyPattern = /^[\x21-\x7e]{1,255}$/;
const keyRule = 'must be 1 to 255 visible ASCII characters';

/** The `Idempotency-Key` header in the OpenAPI document. */
export const idempotencyHeader = z.object({
  'idempotency-key': z.string().regex(keyPattern, { error: keyRule }).optional().meta({
    description:
      'A unique value that the client chooses for each request, such as a UUID: 1 to 255 visible ASCII characters. If the client sends the same request again with the same key within 24 hours, nothing is created or changed again, and the response shows the result of the first request.',
  }),
});

/**
 * Reads the `Idempotency-Key` of a request. Returns null if the request has none.
 *
 * @throws AppError `invalid_parameter`
 */
export function readIdempotencyKey(context: Context<ApiEnv>): IdempotencyKey | null {
  const header = context.req.header('idempotency-key');
  const { owner } = context.var;
  if (header === undefined) return null;
  if (keyPattern.test(header)) return { owner, key: header };
  throw new AppError('invalid_parameter', `Idempotency-Key ${keyRule}.`, {
    fields: [{ pointer: '/idempotency-key', detail: keyRule }],
  });
}

/** Runs `work` with the key while it is reserved, as `withIdempotencyKey` does; without a key, just runs it. */
export const withKey = <T>(
  deps: Pick<ApiDeps, 'database' | 'log' | 'config'>,
  key: IdempotencyKey | null,
  work: (key?: ReservedKey) => Promise<T>,
): Promise<T> =>
  key ? withIdempotencyKey(deps, key, { uploadDeadlineMs: deps.config.upload.deadlineMs }, work) : work();
