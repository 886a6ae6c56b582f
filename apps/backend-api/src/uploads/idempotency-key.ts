import { z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import type { IdempotencyKey } from '@thumbnail-api/jobs';

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** The header for the document. */
export const idempotencyHeader = z.object({
  'idempotency-key': z.string().regex(keyPattern).optional().meta({
    description:
      'Made up by the client, one for each thing it wants done: 1 to 255 visible ASCII characters. Sent again within 24 hours with the same file and options, the answer is the job that was made the first time. A UUID will do.',
  }),
});

/**
 * Reads the key of a request that may be sent again; null when it has none.
 *
 * @throws AppError `invalid_parameter` for one that is empty, too long or not plain
 */
export function readIdempotencyKey(header: string | undefined, owner: string): IdempotencyKey | null {
  if (header === undefined) return null;
  if (keyPattern.test(header)) return { owner, key: header };
  throw new AppError('invalid_parameter', 'The header Idempotency-Key is not valid.', {
    fields: [{ pointer: '/idempotency-key', detail: 'must be 1 to 255 visible ASCII characters' }],
  });
}
