import { jobs } from '@thumbnail-api/db';
import { and, eq, isNull, lte, or, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { publishJob } from './publish-job.ts';

const batchMax = 1_000;
/** An older message may be lost; a younger one may still be on its way. */
const staleSeconds = 15;
/** Bounds the time that a slow queue takes from the rest of the pass. */
const deadlineMs = 5_000;

/**
 * Publishes due jobs that have no message: those never published, and those published more than 15 s ago if the queue holds
 * fewer messages than there are unfinished jobs.
 *
 * Oldest first, at most 1 000 and 5 s a call. Stops at the first job that the queue does not accept. A message that the
 * queue still holds is not duplicated, since its id is the same.
 *
 * @returns how many were published
 */
export async function publishDueJobs(deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>): Promise<number> {
  const { database, publisher } = deps;
  const waiting = and(eq(jobs.status, 'uploaded'), isNull(jobs.deletedAt), lte(jobs.notBefore, sql`now()`));
  // The queue holds the message of a running job until it is acknowledged.
  const running = and(eq(jobs.status, 'processing'), isNull(jobs.deletedAt));
  const [unfinished, messages] = await Promise.all([
    database.run((executor) => executor.$count(jobs, or(waiting, running))),
    publisher.count(),
  ]);
  const stale = sql`${jobs.publishedAt} < now() - ${staleSeconds} * interval '1 second'`;
  const missing = messages < unfinished ? or(isNull(jobs.publishedAt), stale) : isNull(jobs.publishedAt);
  const due = await database.run((executor) =>
    executor
      .select({ id: jobs.id, run: jobs.run })
      .from(jobs)
      .where(and(waiting, missing))
      .orderBy(jobs.notBefore)
      .limit(batchMax),
  );
  const published: typeof due = [];
  const deadline = performance.now() + deadlineMs;
  for (const job of due) {
    if (performance.now() > deadline || !(await publishJob(deps, job))) break;
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

/** Leaves out jobs that have run in the meantime: their next run has no message. */
const isSameRun = (published: { id: string; run: number }[]) =>
  sql`(${jobs.id}, ${jobs.run}) in (${sql.join(
    published.map(({ id, run }) => sql`(${id}::uuid, ${run}::integer)`),
    sql`, `,
  )})`;
