import { type Executor, jobs } from '@thumbnail-api/db';
import { messageIdFor, newMessageIdFor } from '@thumbnail-api/queue';
import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { findUnannouncedJobs } from './find-unannounced-jobs.ts';
import { isDue } from './is-due.ts';
import type { Run } from './run.ts';

const batchMax = 1_000;
/** Bounds the time that a slow queue takes from the rest of the pass. */
const deadlineMs = 5_000;

type PublishDeps = Pick<JobsDeps, 'database' | 'publisher' | 'log'>;

/**
 * Publishes due jobs that have no message: those never published, and as many as the queue has lost messages.
 *
 * In at most 5 s a call. Stops when the queue does not accept messages. A lost message is published under a new id, because the
 * queue may still hold a part of it. A message too many finds nothing to claim.
 *
 * @returns how many were published
 */
export async function publishDueJobs(deps: PublishDeps): Promise<number> {
  const deadline = performance.now() + deadlineMs;
  let published = 0;
  const publishEach = async (find: () => Promise<Run[]>, idFor: typeof messageIdFor): Promise<boolean> => {
    let found: Run[];
    do {
      found = await find();
      if (found.length > 0 && !(await publishRuns(deps, found, idFor))) return false;
      published += found.length;
    } while (found.length === batchMax && performance.now() < deadline);
    return true;
  };
  const isQueueAvailable = await publishEach(() => deps.database.run(findUnpublished), messageIdFor);
  if (isQueueAvailable) await publishEach(() => findUnannouncedJobs(deps, batchMax), newMessageIdFor);
  return published;
}

const findUnpublished = (executor: Executor): Promise<Run[]> =>
  executor
    .select({ id: jobs.id, run: jobs.run })
    .from(jobs)
    .where(and(isDue, isNull(jobs.publishedAt)))
    .orderBy(asc(jobs.notBefore))
    .limit(batchMax);

async function publishRuns(
  { database, publisher, log }: PublishDeps,
  runs: Run[],
  idFor: typeof messageIdFor,
): Promise<boolean> {
  try {
    await publisher.publishAll(runs.map(({ id, run }) => ({ payload: { jobId: id }, id: idFor(id, run) })));
  } catch (error) {
    log.debug({ error, jobs: runs.length }, 'jobs not published, retrying in the next pass');
    return false;
  }
  await database.run((executor) =>
    executor
      .update(jobs)
      .set({ publishedAt: sql`now()` })
      .where(and(eq(jobs.status, 'uploaded'), isSameRun(runs))),
  );
  return true;
}

/** Leaves out jobs that have run in the meantime: their next run has no message. */
const isSameRun = (runs: Run[]): SQL =>
  sql`(${jobs.id}, ${jobs.run}) in (${sql.join(
    runs.map(({ id, run }) => sql`(${id}::uuid, ${run}::integer)`),
    sql`, `,
  )})`;
