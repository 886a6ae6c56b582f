import { z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import type { IdempotencyKey } from '@thumbnail-api/jobs';

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` header in the OpenAPI document. */
export const idempotencyHeader = z.object({
  'idempotency-key': z.string().regex(keyPattern).optional().meta({
    description:
      'A unique value that the client chooses for each upload, such as a UUID: 1 to 255 visible ASCII characters. If the client sends the same file and options again with the same key within 24 hours, the response contains the first job.',
  }),
});

/**
 * Parses the `Idempotency-Key` header. Returns null if the request has none.
 *
 * @throws AppError `invalid_parameter`
 */
export function parseIdempotencyKey(header: string | undefined, owner: string): IdempotencyKey | null {
  if (header === undefined) return null;
  if (keyPattern.test(header)) return { owner, key: header };
  throw new AppError('invalid_parameter', 'Idempotency-Key must be 1 to 255 visible ASCII characters.', {
    fields: [{ pointer: '/idempotency-key', detail: 'must be 1 to 255 visible ASCII characters' }],
  });
}
