import { AppError } from '@thumbnail-api/errors';
import { z } from 'zod';

/** A place between two rows of a list, and the side of it that is wanted. */
export interface Cursor {
  /** `next` goes on to older rows, `prev` back to newer ones. */
  direction: 'next' | 'prev';
  createdAt: Date;
  id: string;
}

// Postgres has no year 0.
const createdAt = z.iso.datetime().refine((time) => Date.parse(time) >= 0);
const parts = z.tuple([z.enum(['next', 'prev']), createdAt, z.uuid()]);

/** Writes a cursor as the opaque text that clients hand back. */
export const formatCursor = ({ direction, createdAt, id }: Cursor): string =>
  Buffer.from(`${direction}|${createdAt.toISOString()}|${id}`).toString('base64url');

/**
 * Reads a cursor back.
 *
 * @throws AppError `invalid_cursor` for a text that {@link formatCursor} did not write
 */
export function parseCursor(text: string): Cursor {
  const parsed = parts.safeParse(Buffer.from(text, 'base64url').toString('utf8').split('|'));
  if (!parsed.success) throw new AppError('invalid_cursor', 'The cursor is not one that this list has given out.');
  const [direction, createdAt, id] = parsed.data;
  return { direction, createdAt: new Date(createdAt), id };
}
