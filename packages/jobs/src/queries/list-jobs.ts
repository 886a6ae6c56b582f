import { jobs } from '@thumbnail-api/db';
import { and, asc, desc, type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { type Cursor, formatCursor, parseCursor } from './cursor.ts';
import { type Job, readJobs } from './job.ts';
import { type JobFilters, matchesFilters } from './job-filters.ts';

/** Selects a page of jobs. */
export interface JobsQuery extends JobFilters {
  /** 1 to 100. */
  limit: number;
  /** From {@link JobsPage.next} or `prev`. */
  cursor?: string | undefined;
}

/** One page, newest first, with the cursors of the pages next to it; null where there is none. */
export interface JobsPage {
  jobs: Job[];
  next: string | null;
  prev: string | null;
}

/**
 * Lists jobs. Pages are found by key, not by offset, so they do not shift while new jobs arrive.
 *
 * @throws AppError `invalid_cursor`
 */
export async function listJobs({ database }: Pick<JobsDeps, 'database'>, query: JobsQuery): Promise<JobsPage> {
  const cursor = query.cursor ? parseCursor(query.cursor) : null;
  const backwards = cursor?.direction === 'prev';
  const where = and(matchesFilters(query), cursor ? isBeyond(cursor) : undefined);
  const order = backwards ? asc : desc;
  const page = { orderBy: [order(jobs.createdAt), order(jobs.id)], limit: query.limit + 1 };
  const found = await database.run((executor) => readJobs(executor, where, page));

  const hasMore = found.length > query.limit;
  const rows = found.slice(0, query.limit);
  if (backwards) rows.reverse();
  const first = rows.at(0);
  const last = rows.at(-1);
  const hasNewer = backwards ? hasMore : cursor !== null;
  const hasOlder = backwards || hasMore;
  return {
    jobs: rows,
    next: last && hasOlder ? formatCursor({ direction: 'next', createdAt: last.createdAt, id: last.id }) : null,
    prev: first && hasNewer ? formatCursor({ direction: 'prev', createdAt: first.createdAt, id: first.id }) : null,
  };
}

function isBeyond({ direction, createdAt, id }: Cursor): SQL {
  const position = sql`(${createdAt.toISOString()}::timestamptz, ${id}::uuid)`;
  return direction === 'next'
    ? sql`(${jobs.createdAt}, ${jobs.id}) < ${position}`
    : sql`(${jobs.createdAt}, ${jobs.id}) > ${position}`;
}
