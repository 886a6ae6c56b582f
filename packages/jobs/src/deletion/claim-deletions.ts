import type { Database } from '@thumbnail-api/db';
import { type SQL, sql } from 'drizzle-orm';
import { deletionGraceSeconds } from '../runs/run-policy.ts';

/** The tables with deletion markers. */
export type DeletionTable = 'images' | 'jobs';

const batchMax = 500;
/** When other workers try the same deletions again, after this one has crashed. */
const claimSeconds = 120;
/** The pause after a refusal grows with the time since the deletion, within these bounds. */
const [pauseMinSeconds, pauseMaxSeconds] = [60, 3_600];

/** Which deletions are over their grace time, so that no run can store an object any more. */
const isOverGrace = sql`deleted_at < now() - ${deletionGraceSeconds} * interval '1 second'`;
/** Selects deletions that can be finished now: an image only after all its jobs. */
export const isDue: Record<DeletionTable, SQL> = {
  jobs: sql`${isOverGrace} and (delete_after is null or delete_after < now())`,
  images: sql`${isOverGrace} and (delete_after is null or delete_after < now())
    and not exists (select 1 from jobs where jobs.image_id = images.id)`,
};

/**
 * Claims the oldest deletions that are due, at most 500, so that other workers take others.
 *
 * @returns the ids of the images or jobs
 */
export async function claimDeletions(database: Database, table: DeletionTable): Promise<string[]> {
  const rows = await database.run((executor) =>
    executor.execute<{ id: string }>(sql`
      with due as materialized (
        select id from ${sql.identifier(table)} where ${isDue[table]}
        order by deleted_at limit ${batchMax} for update skip locked
      )
      update ${sql.identifier(table)} as claimed set delete_after = now() + ${claimSeconds} * interval '1 second'
      from due where claimed.id = due.id returning claimed.id`),
  );
  return rows.map(({ id }) => id);
}

/** Makes claimed deletions due again at once: the store is unavailable, which is not their fault. */
export async function releaseDeletions(database: Database, table: DeletionTable, ids: string[]): Promise<void> {
  await postpone(database, table, ids, sql`null`);
}

/**
 * Postpones deletions whose objects the store refuses to delete, so that they do not hold up others: by half of the time
 * since the deletion, but at least a minute and at most an hour.
 */
export async function postponeDeletions(database: Database, table: DeletionTable, ids: string[]): Promise<void> {
  const seconds = sql`extract(epoch from now() - deleted_at) / 2`;
  const pause = sql`least(greatest(${seconds}, ${pauseMinSeconds}), ${pauseMaxSeconds}) * (0.75 + random() / 2)`;
  await postpone(database, table, ids, sql`now() + ${pause} * interval '1 second'`);
}

async function postpone(database: Database, table: DeletionTable, ids: string[], until: SQL): Promise<void> {
  await database.run((executor) =>
    executor.execute(sql`
      update ${sql.identifier(table)} set delete_after = ${until}
      where id in ${ids} and deleted_at is not null`),
  );
}
