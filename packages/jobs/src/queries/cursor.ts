import { AppError } from '@thumbnail-api/errors';
import { z } from 'zod';

/** A position between two jobs of a list, and the direction to read in. */
export interface Cursor {
  /** `next` reads older jobs, `prev` newer ones. */
  direction: 'next' | 'prev';
  createdAt: Date;
  id: string;
}

// Postgres has no year 0.
const createdAt = z.iso.datetime().refine((time) => Date.parse(time) >= 0);
const parts = z.tuple([z.enum(['next', 'prev']), createdAt, z.uuid()]);

/** Formats a cursor as opaque text for clients. */
export const formatCursor = ({ direction, createdAt, id }: Cursor): string =>
  Buffer.from(`${direction}|${createdAt.toISOString()}|${id}`).toString('base64url');

/**
 * Parses a cursor.
 *
 * @throws AppError `invalid_cursor` for text that {@link formatCursor} did not write
 */
export function parseCursor(text: string): Cursor {
  const parsed = parts.safeParse(Buffer.from(text, 'base64url').toString('utf8').split('|'));
  if (!parsed.success) {
    throw new AppError(
      'invalid_cursor',
      'The cursor is not valid. Use one from the Link header of a page of this list.',
    );
  }
  const [direction, createdAt, id] = parsed.data;
  return { direction, createdAt: new Date(createdAt), id };
}
