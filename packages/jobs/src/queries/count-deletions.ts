import { jobs } from '@thumbnail-api/db';
import { type SQL, sql } from 'drizzle-orm';
import { isDue } from '../deletion/claim-deletions.ts';
import { isExpired } from '../deletion/expire-jobs.ts';
import type { JobsDeps } from '../deps.ts';

/** What the sweep has still to delete. */
export interface DeletionBacklog {
  /** Jobs that ended before the retention and are not marked as deleted yet. */
  expired: number;
  /** Images and jobs that are marked as deleted and can be removed now. */
  due: number;
  /** Images and jobs that a worker removes at the moment, or whose objects the store refused to delete. */
  postponed: number;
}

/** Bounds the cost of a count. */
const countMax = 100_000;

/** Counts what the sweep has still to delete, each number up to 100 000 for images and for jobs. */
export async function countDeletions(
  { database }: Pick<JobsDeps, 'database'>,
  retentionDays: number,
): Promise<DeletionBacklog> {
  const count = (table: SQL, condition: SQL | undefined) =>
    sql`(select count(*)::int from (select 1 from ${table} where ${condition} limit ${countMax}) as counted)`;
  const postponed = sql`deleted_at is not null and delete_after >= now()`;
  const expired = retentionDays === 0 ? sql`false` : isExpired(retentionDays);
  const [row] = await database.run((executor) =>
    executor.execute<Record<keyof DeletionBacklog, number>>(sql`
      select ${count(sql`${jobs}`, expired)} as expired,
        ${count(sql`jobs`, isDue.jobs)} + ${count(sql`images`, isDue.images)} as due,
        ${count(sql`jobs`, postponed)} + ${count(sql`images`, postponed)} as postponed`),
  );
  return { expired: row?.expired ?? 0, due: row?.due ?? 0, postponed: row?.postponed ?? 0 };
}
