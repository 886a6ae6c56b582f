import { AppError } from '@thumbnail-api/errors';
import { withDeadline } from '@thumbnail-api/resilience';
import { type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** The time that an upload may take, from its first byte to its COMMIT. */
export interface UploadWindow {
  /** When the upload started, on the database's clock. */
  startedAt: string;
  deadlineMs: number;
}

const timedOut = { code: 'request_timeout', message: 'The upload took too long. Send it again.' } as const;

/**
 * Opens the window of an upload. The start may be up to 1 % of the deadline early.
 *
 * @throws AppError `unavailable`
 */
export async function openUploadWindow(
  { database }: Pick<JobsDeps, 'database'>,
  deadlineMs: number,
): Promise<UploadWindow> {
  return { startedAt: await database.readClock(deadlineMs / 100), deadlineMs };
}

/**
 * Runs `receive` until the deadline, on the clock of this process; {@link isWindowOpen} decides again at the COMMIT.
 *
 * @throws AppError `request_timeout`, or what `receive` throws
 */
export const receiveWithin = <T>(
  { deadlineMs }: UploadWindow,
  receive: (signal: AbortSignal) => Promise<T>,
): Promise<T> => withDeadline({ deadlineMs, ...timedOut }, receive);

/** The error for an upload that passed its deadline. */
export const uploadTimedOut = (): AppError => new AppError(timedOut.code, timedOut.message);

/** Whether the window is open, on the database's clock. Once it is closed, the sweep may remove an original without a row. */
export const isWindowOpen = ({ startedAt, deadlineMs }: UploadWindow): SQL =>
  sql`clock_timestamp() < ${startedAt}::timestamptz + ${deadlineMs} * interval '1 ms'`;
