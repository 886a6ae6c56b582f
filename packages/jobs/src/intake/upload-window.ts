import { type SQL, sql } from 'drizzle-orm';

/** The time that an upload has, from its first byte to its COMMIT. */
export interface UploadWindow {
  /** When it began, by the database's clock. */
  startedAt: string;
  deadlineMs: number;
}

/** Says whether it still is, by the database's clock: the sweep takes what is not in the rows by then for left over. */
export const isInTime = ({ startedAt, deadlineMs }: UploadWindow): SQL =>
  sql`clock_timestamp() < ${startedAt}::timestamptz + ${deadlineMs} * interval '1 ms'`;
