import { type JobStatus, jobs } from '@thumbnail-api/db';
import { and, asc, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { type Cursor, formatCursor, parseCursor } from './cursor.ts';
import { type Job, readJobs } from './job.ts';

/** Which jobs are wanted. */
export interface JobsQuery {
  owner: string;
  status?: JobStatus | undefined;
  /** At or after. */
  createdAfter?: Date | undefined;
  /** Before. */
  createdBefore?: Date | undefined;
  /** 1 to 100. */
  limit: number;
  /** From {@link JobsPage.next} or `prev`. */
  cursor?: string | undefined;
}

/** One page, newest first, and the cursors of its neighbours where there are any. */
export interface JobsPage {
  jobs: Job[];
  next: string | null;
  prev: string | null;
}

/**
 * Lists jobs by key, never by offset: a page stays the same page while new jobs arrive.
 *
 * @throws AppError `invalid_cursor`
 */
export async function listJobs({ database }: Pick<JobsDeps, 'database'>, query: JobsQuery): Promise<JobsPage> {
  const cursor = query.cursor ? parseCursor(query.cursor) : null;
  const backwards = cursor?.direction === 'prev';
  const where = and(
    eq(jobs.owner, query.owner),
    query.status && eq(jobs.status, query.status),
    query.createdAfter && gte(jobs.createdAt, query.createdAfter),
    query.createdBefore && lt(jobs.createdAt, query.createdBefore),
    cursor ? beyond(cursor) : undefined,
  );
  const order = backwards ? asc : desc;
  const page = { orderBy: [order(jobs.createdAt), order(jobs.id)], limit: query.limit + 1 };
  const found = await database.run((executor) => readJobs(executor, where, page));

  const more = found.length > query.limit;
  const rows = found.slice(0, query.limit);
  if (backwards) rows.reverse();
  const first = rows.at(0);
  const last = rows.at(-1);
  const hasNewer = backwards ? more : cursor !== null;
  const hasOlder = backwards || more;
  return {
    jobs: rows,
    next: last && hasOlder ? formatCursor({ direction: 'next', createdAt: last.createdAt, id: last.id }) : null,
    prev: first && hasNewer ? formatCursor({ direction: 'prev', createdAt: first.createdAt, id: first.id }) : null,
  };
}

function beyond({ direction, createdAt, id }: Cursor): SQL {
  const place = sql`(${createdAt.toISOString()}::timestamptz, ${id}::uuid)`;
  return direction === 'next'
    ? sql`(${jobs.createdAt}, ${jobs.id}) < ${place}`
    : sql`(${jobs.createdAt}, ${jobs.id}) > ${place}`;
}
