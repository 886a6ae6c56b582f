import { jobs } from '@thumbnail-api/db';
import { and, asc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { type Job, readJobs } from '../queries/job.ts';
import type { WaitDeps } from './wait-for-end.ts';

/** A job commits at most this long after the moment that its row gives as its end. */
const commitWithinSeconds = 10;
const jobsMax = 10_000;

/**
 * Yields the jobs of a batch that have ended, each once, in the order of their end, then those that end from now on, until
 * none is left; or the signal comes, or the process is ending. With `since` those that had ended well before that moment
 * are left out: a client that resumes may see a few twice and misses none. Whose batch it is, the caller has asked.
 */
export async function* watchBatch(
  deps: WaitDeps,
  batchId: string,
  { since, signal }: { since: Date | null; signal: AbortSignal },
): AsyncGenerator<Job> {
  const seen = new Set<string>();
  const inBatch = and(eq(jobs.batchId, batchId), isNull(jobs.deletedAt));
  const from = since
    ? sql`${jobs.finishedAt} >= ${since.toISOString()}::timestamptz - ${commitWithinSeconds} * interval '1 s'`
    : undefined;
  const unseen = (): SQL => sql`${jobs.id} <> all(${`{${[...seen].join(',')}}`}::uuid[])`;
  let changed = Promise.withResolvers<void>();
  let over = false;
  const stop = () => {
    over = true;
    changed.resolve();
  };
  const open = await deps.database.run((executor) =>
    executor
      .select({ id: jobs.id })
      .from(jobs)
      .where(and(inBatch, isNull(jobs.finishedAt))),
  );
  let left = open.length;
  const leave = deps.ends.subscribe(
    open.map(({ id }) => id),
    (end) => {
      if (!end) return stop();
      left -= 1;
      changed.resolve();
    },
  );
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const last = left === 0;
      changed = Promise.withResolvers();
      const page = { orderBy: [asc(jobs.finishedAt), asc(jobs.id)], limit: jobsMax };
      const where = and(inBatch, isNotNull(jobs.finishedAt), from, unseen());
      for (const job of await deps.database.run((executor) => readJobs(executor, where, page))) {
        seen.add(job.id);
        yield job;
      }
      if (last || over) return;
      if (left > 0) await changed.promise;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    leave();
  }
}
