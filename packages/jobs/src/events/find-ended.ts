import { jobs } from '@thumbnail-api/db';
import { and, isNull, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** The jobs among those asked for that have ended. */
export interface EndedJobs {
  /** Finished, at least as long ago as asked for. */
  finished: string[];
  /** Deleted, at any time. */
  deleted: string[];
}

/** Finds which of these jobs were deleted or finished more than `olderThanMs` ago, on the database's clock. */
export async function findEnded(
  { database }: Pick<JobsDeps, 'database'>,
  ids: string[],
  olderThanMs: number,
): Promise<EndedJobs> {
  if (ids.length === 0) return { finished: [], deleted: [] };
  const isFinished = sql<boolean>`coalesce(${jobs.finishedAt} < now() - ${olderThanMs} * interval '1 ms', false)`;
  const rows = await database.run((executor) =>
    executor
      .select({ id: jobs.id, isFinished })
      .from(jobs)
      .where(and(sql`${jobs.id} = any(${`{${ids.join(',')}}`}::uuid[])`, isNull(jobs.deletedAt))),
  );
  const existing = new Set(rows.map(({ id }) => id));
  return {
    finished: rows.filter((row) => row.isFinished).map(({ id }) => id),
    deleted: ids.filter((id) => !existing.has(id)),
  };
}
