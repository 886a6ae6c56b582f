import { type Executor, jobs } from '@thumbnail-api/db';
import { messageIdFor, newMessageIdFor } from '@thumbnail-api/queue';
import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { findLostJobs } from './find-lost-jobs.ts';
import { isDue } from './is-due.ts';
import type { Run } from './run.ts';

const batchMax = 1_000;
/** Bounds the time that a slow queue takes from the rest of the pass. */
const deadlineMs = 5_000;

type PublishDeps = Pick<JobsDeps, 'database' | 'publisher' | 'log'>;

/**
 * Publishes due jobs that have no message: those never published, and those whose message the queue has lost.
 *
 * Oldest first, in at most 5 s a call. Stops when the queue does not accept messages. A lost message is published under a new
 * id, because the queue may still hold a part of it. A job that has two messages runs once.
 *
 * @returns how many were published
 */
export async function publishDueJobs(deps: PublishDeps): Promise<number> {
  const deadline = performance.now() + deadlineMs;
  const isLate = () => performance.now() > deadline;
  let published = 0;
  const publish = async (runs: Run[], idFor: typeof messageIdFor) => {
    if (runs.length === 0 || isLate() || !(await publishRuns(deps, runs, idFor))) return false;
    published += runs.length;
    return true;
  };
  let unpublished: Run[];
  do {
    unpublished = await deps.database.run((executor) => findUnpublished(executor));
  } while ((await publish(unpublished, messageIdFor)) && unpublished.length === batchMax);
  for await (const lost of findLostJobs(deps, isLate)) if (!(await publish(lost, newMessageIdFor))) break;
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
