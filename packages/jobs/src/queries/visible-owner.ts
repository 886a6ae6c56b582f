import { type AnyColumn, eq, type SQL } from 'drizzle-orm';

/** Stands for all owners. Only a caller with the scope `admin` and the service itself have it; no row can. */
export const anyOwner: AnyOwner = Object.freeze({ isAnyOwner: true });

/** The type of {@link anyOwner}: no text from outside is one. */
interface AnyOwner {
  readonly isAnyOwner: true;
}

/** The owner whose resources a caller sees and may change. */
export type VisibleOwner = string | AnyOwner;

/** The condition that a row belongs to a visible owner; none for all owners. */
export const isVisible = (column: AnyColumn, owner: VisibleOwner): SQL | undefined =>
  typeof owner === 'string' ? eq(column, owner) : undefined;
