import { type Executor, jobs } from '@thumbnail-api/db';
import type { HeldMessages } from '@thumbnail-api/queue';
import { and, asc, lt, type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { isDue } from './is-due.ts';
import type { Run } from './run.ts';

const pageMax = 5_000;
const batchMax = 1_000;
/** A younger message may still be on its way. */
const staleSeconds = 15;

/**
 * Finds due jobs whose message the queue has lost: published more than 15 s ago, and not in the queue. Yields at most 1 000 at
 * a time, the oldest first, until `isLate`.
 *
 * It compares every due job with the queue itself, since a count would not show which messages are lost, nor that any are
 * while the queue holds messages of deleted jobs. The queue is read only if a due job has waited that long.
 */
export async function* findLostJobs(
  { database, publisher }: Pick<JobsDeps, 'database' | 'publisher'>,
  isLate: () => boolean,
): AsyncGenerator<Run[]> {
  const [oldest] = await database.run((executor) => findStale(executor, { ageMs: 0, limit: 1 }));
  const held = oldest && (await publisher.listHeld());
  if (!held) return;
  let page: StaleJob[];
  let after: StaleJob | undefined;
  do {
    page = await database.run((executor) => findStale(executor, { ageMs: held.ageMs, limit: pageMax, after }));
    yield* toBatches(page, held);
    after = page.at(-1);
  } while (page.length === pageMax && !isLate());
}

interface StaleJob extends Run {
  /** As Postgres writes it: a Date would lose the microseconds. */
  notBefore: string;
}

function* toBatches(page: StaleJob[], held: HeldMessages): Generator<Run[]> {
  const lost = page.filter(({ id }) => !held.hasJob(id));
  for (let from = 0; from < lost.length; from += batchMax) yield lost.slice(from, from + batchMax);
}

function findStale(
  executor: Executor,
  { ageMs, limit, after }: { ageMs: number; limit: number; after?: StaleJob | undefined },
): Promise<StaleJob[]> {
  const seconds = staleSeconds + ageMs / 1_000;
  return executor
    .select({ id: jobs.id, run: jobs.run, notBefore: sql<string>`${jobs.notBefore}::text` })
    .from(jobs)
    .where(and(isDue, lt(jobs.publishedAt, sql`now() - ${seconds} * interval '1 second'`), after && isAfter(after)))
    .orderBy(asc(jobs.notBefore), asc(jobs.id))
    .limit(limit);
}

const isAfter = ({ notBefore, id }: StaleJob): SQL =>
  sql`(${jobs.notBefore}, ${jobs.id}) > (${notBefore}::timestamptz, ${id}::uuid)`;
