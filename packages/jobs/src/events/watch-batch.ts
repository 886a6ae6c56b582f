import { type Executor, jobs } from '@thumbnail-api/db';
import { and, asc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { type Job, readJobs } from '../queries/job.ts';
import type { WaitDeps } from './wait-for-end.ts';

/** A job commits at most this long after the time in its `finishedAt`. */
const commitWithinSeconds = 10;
/** Read at a time, so that a client that leaves early has not caused a read of the whole batch. */
const jobsPerRead = 50;

/** Where to start and when to stop watching. */
export interface WatchOptions {
  /** Leaves out jobs that ended well before this. A client that resumes may see some jobs twice, but misses none. */
  since: Date | null;
  signal: AbortSignal;
}

/**
 * Yields each job of a batch once it has ended, in the order of their ends, until none is unfinished, the signal is aborted
 * or the process shuts down. The caller has checked who owns the batch.
 *
 * @throws AppError `unavailable`
 */
export async function* watchBatch(
  deps: WaitDeps,
  batchId: string,
  { since, signal }: WatchOptions,
): AsyncGenerator<Job> {
  const unfinished = await deps.database.run((executor) => listUnfinished(executor, batchId));
  let remaining = unfinished.length;
  let isStopped = signal.aborted;
  let changed = Promise.withResolvers<void>();
  const stop = () => {
    isStopped = true;
    changed.resolve();
  };
  const unsubscribe = deps.ends.subscribe(unfinished, (end) => {
    if (!end) return stop();
    remaining -= 1;
    changed.resolve();
  });
  signal.addEventListener('abort', stop, { once: true });
  const yielded = new Set<string>();
  try {
    for (;;) {
      // Before the read: a job that ends during it causes another one.
      const isLastRead = remaining === 0;
      changed = Promise.withResolvers();
      const ended = await deps.database.run((executor) => readEnded(executor, batchId, { since, yielded }));
      for (const job of ended) {
        yielded.add(job.id);
        yield job;
      }
      const isPart = ended.length === jobsPerRead;
      if (isStopped || (isLastRead && !isPart)) return;
      if (remaining > 0 && !isPart) await changed.promise;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    unsubscribe();
  }
}

async function listUnfinished(executor: Executor, batchId: string): Promise<string[]> {
  const rows = await executor
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.batchId, batchId), isNull(jobs.deletedAt), isNull(jobs.finishedAt)));
  return rows.map(({ id }) => id);
}

function readEnded(
  executor: Executor,
  batchId: string,
  { since, yielded }: { since: Date | null; yielded: Set<string> },
): Promise<Job[]> {
  const isRecent: SQL | undefined = since
    ? sql`${jobs.finishedAt} >= ${since.toISOString()}::timestamptz - ${commitWithinSeconds} * interval '1 s'`
    : undefined;
  const isNew = sql`${jobs.id} <> all(${`{${[...yielded].join(',')}}`}::uuid[])`;
  const where = and(eq(jobs.batchId, batchId), isNotNull(jobs.finishedAt), isRecent, isNew);
  return readJobs(executor, where, { orderBy: [asc(jobs.finishedAt), asc(jobs.id)], limit: jobsPerRead });
}
