import { jobs } from '@thumbnail-api/db';
import { and, isNull, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { getAnyonesJob } from '../queries/get-job.ts';
import type { Job } from '../queries/job.ts';
import { endedChannel } from './announce-end.ts';

/** Tells of the end of a job; `job` reads it, once for all who are told. Called without an end when none will come any more. */
export type JobEndListener = (end?: { id: string; job: () => Promise<Job> }) => void;

/** The ends of jobs, as they happen, whichever process ended them: one connection to Postgres however many wait. */
export interface JobEnds {
  /**
   * Calls `heard` once for each of `ids` that ends or is deleted, also for one that had ended before; and once without
   * an end when there will be nothing more to hear. Returns what ends the waiting.
   */
  subscribe(ids: string[], heard: JobEndListener): () => void;
  /** Tells every waiting one that there is nothing more to hear, and lets go of the connection. */
  close(): Promise<void>;
}

/** A job that ended this long ago has been announced, or never will be. */
const announcedWithinMs = 500;

/**
 * Listens to Postgres from now on. Every `rereadMs` one statement looks at all jobs that are waited
 * for, if any; what it finds and was never announced tells that the listening is broken, and it begins anew.
 */
export function openJobEnds({ database, log }: Pick<JobsDeps, 'database' | 'log'>, rereadMs = 1_000): JobEnds {
  const waiting = new Map<string, Set<JobEndListener>>();
  let stopListening: (() => Promise<void>) | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;
  let fresh = false;
  let closed = false;

  const announce = (id: string) => {
    const listeners = waiting.get(id);
    waiting.delete(id);
    let read: Promise<Job> | undefined;
    const job = () => {
      read ??= getAnyonesJob({ database }, id);
      return read;
    };
    for (const heard of listeners ?? []) heard({ id, job });
  };
  const begun = () => {
    fresh = true;
    wake();
  };
  const reread = async () => {
    stopListening ??= await database.listen(endedChannel, announce, begun);
    // What ended while nobody listened was not announced, and is no sign of a fault.
    const missable = fresh;
    fresh = false;
    const { ended, gone } = await readEnded(database, [...waiting.keys()], missable ? 0 : announcedWithinMs);
    for (const id of [...ended, ...gone]) announce(id);
    if (ended.length === 0 || missable) return;
    log.warn({ missed: ended.length }, 'ends of jobs were not announced: listening anew');
    const stop = stopListening;
    stopListening = null;
    await stop?.();
  };
  const turn = async () => {
    await reread().catch((error) => log.warn({ error }, 'the ends of jobs cannot be read; trying again'));
    running = null;
    if (fresh) wake();
    else if (waiting.size > 0) arm();
  };
  const arm = () => {
    if (!closed) timer ??= setTimeout(wake, rereadMs);
  };
  function wake() {
    clearTimeout(timer);
    timer = undefined;
    if (!closed) running ??= turn();
  }
  wake();
  return {
    subscribe: (ids, heard) => {
      if (closed) heard();
      for (const id of closed ? [] : ids) waiting.set(id, (waiting.get(id) ?? new Set()).add(heard));
      if (running === null) arm();
      return () => {
        for (const id of ids) {
          const listeners = waiting.get(id);
          listeners?.delete(heard);
          if (listeners?.size === 0) waiting.delete(id);
        }
      };
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      for (const heard of new Set([...waiting.values()].flatMap((listeners) => [...listeners]))) heard();
      waiting.clear();
      await running;
      await stopListening?.();
    },
  };
}

async function readEnded(database: JobsDeps['database'], ids: string[], olderThanMs: number) {
  if (ids.length === 0) return { ended: [], gone: [] };
  const rows = await database.run((executor) =>
    executor
      .select({
        id: jobs.id,
        ended: sql<boolean>`coalesce(${jobs.finishedAt} < now() - ${olderThanMs} * interval '1 ms', false)`,
      })
      .from(jobs)
      .where(and(sql`${jobs.id} = any(${`{${ids.join(',')}}`}::uuid[])`, isNull(jobs.deletedAt))),
  );
  const known = new Set(rows.map(({ id }) => id));
  return {
    ended: rows.filter(({ ended }) => ended).map(({ id }) => id),
    gone: ids.filter((id) => !known.has(id)),
  };
}
