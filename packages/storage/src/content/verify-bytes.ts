import { ContentCheck } from './content-check.ts';
import type { ObjectContent } from './object-content.ts';

/**
 * Verifies that the bytes of an object are those that were stored.
 *
 * @returns their checksum, for objects without a recorded one
 * @throws AppError `storage_damaged`
 */
export function verifyBytes(key: string, bytes: Uint8Array, content: ObjectContent): string {
  const check = new ContentCheck(key, content);
  check.update(bytes);
  check.end();
  return check.checksum;
}
