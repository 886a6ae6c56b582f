import { jobs } from '@thumbnail-api/db';
import { and, eq, isNull, lte, or, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { publishJob } from './publish-job.ts';

const batchMax = 1_000;
/** A message older than this may be gone; a younger one is still on its way. */
const staleSeconds = 15;
/** A queue that answers slowly must not hold up the rest of the pass. */
const patienceMs = 5_000;

/**
 * Publishes the jobs that are due and have no message: not published yet, or published a while ago while the queue holds
 * fewer messages than rows are due. Oldest first, at most 1 000 and 5 s a call; stops at the first that the queue does not
 * take. A message that is still held is not doubled: its id is the same.
 *
 * @returns how many went out
 */
export async function publishDueJobs(deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>): Promise<number> {
  const { database, publisher } = deps;
  const waiting = and(eq(jobs.status, 'uploaded'), isNull(jobs.deletedAt), lte(jobs.notBefore, sql`now()`));
  // A run at work has its message in the queue as well, until it is acknowledged.
  const working = and(eq(jobs.status, 'processing'), isNull(jobs.deletedAt));
  const [rows, messages] = await Promise.all([
    database.run((executor) => executor.$count(jobs, or(waiting, working))),
    publisher.count(),
  ]);
  const stale = sql`${jobs.publishedAt} < now() - ${staleSeconds} * interval '1 second'`;
  const missing = messages < rows ? or(isNull(jobs.publishedAt), stale) : isNull(jobs.publishedAt);
  const due = await database.run((executor) =>
    executor
      .select({ id: jobs.id, run: jobs.run })
      .from(jobs)
      .where(and(waiting, missing))
      .orderBy(jobs.notBefore)
      .limit(batchMax),
  );
  const published: typeof due = [];
  const end = performance.now() + patienceMs;
  for (const job of due) {
    if (performance.now() > end || !(await publishJob(deps, job))) break;
    published.push(job);
  }
  if (published.length > 0) {
    await database.run((executor) =>
      executor
        .update(jobs)
        .set({ publishedAt: sql`now()` })
        .where(and(eq(jobs.status, 'uploaded'), isSameRun(published))),
    );
  }
  return published.length;
}

/** A run that began and ended meanwhile has no message for the next one. */
const isSameRun = (published: { id: string; run: number }[]) =>
  sql`(${jobs.id}, ${jobs.run}) in (${sql.join(
    published.map(({ id, run }) => sql`(${id}::uuid, ${run}::integer)`),
    sql`, `,
  )})`;
