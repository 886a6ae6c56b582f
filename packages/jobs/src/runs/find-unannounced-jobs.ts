import { type Executor, jobs } from '@thumbnail-api/db';
import { and, asc, lt, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { isDue } from './is-due.ts';
import type { Run } from './run.ts';

/** A younger message may still be on its way. */
const staleSeconds = 5;
/** Bounds the cost of a count. */
const countMax = 100_000;

/**
 * Finds due jobs for which the queue holds too few messages: it has lost some. At most `limit`, the next to run first.
 *
 * A message stands for any job: it makes a worker claim the one that is next. So messages and jobs are counted, not compared;
 * those of jobs in progress are held by their workers. What is published too often, because a message was on its way during
 * the count, keeps the next count from publishing more.
 */
export async function findUnannouncedJobs(
  { database, publisher }: Pick<JobsDeps, 'database' | 'publisher'>,
  limit: number,
): Promise<Run[]> {
  const { due, stale, running } = await database.run(countJobs);
  if (stale === 0) return [];
  const waiting = Math.max(0, (await publisher.count()) - running);
  const missing = Math.min(limit, stale, due - waiting);
  return missing > 0 ? database.run((executor) => findStale(executor, missing)) : [];
}

const isStale = and(isDue, lt(jobs.publishedAt, sql`now() - ${staleSeconds} * interval '1 second'`));

async function countJobs(executor: Executor) {
  const [row] = await executor.execute<{ due: number; stale: number; running: number }>(sql`
    select count(*)::int as due, count(*) filter (where ${isStale})::int as stale,
      (select count(*)::int from ${jobs} where ${jobs.status} = 'processing') as running
    from (select * from ${jobs} where ${isDue} and ${jobs.publishedAt} is not null limit ${countMax}) as jobs`);
  return row ?? { due: 0, stale: 0, running: 0 };
}

const findStale = (executor: Executor, limit: number): Promise<Run[]> =>
  executor
    .select({ id: jobs.id, run: jobs.run })
    .from(jobs)
    .where(isStale)
    .orderBy(asc(jobs.fairStart), asc(jobs.id))
    .limit(limit);
