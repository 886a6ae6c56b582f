import { jobs } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** The number of unfinished jobs. */
export interface Unfinished {
  uploaded: number;
  processing: number;
  /** Uploaded jobs that may start now. */
  due: number;
  /** How long the oldest due job has been due, in seconds; 0 if there is none. */
  oldestDueSeconds: number;
}

/** Bounds the cost of a count. */
const countMax = 100_000;

/** Counts the unfinished jobs of all owners, each number up to 100 000. Reads only indexes of unfinished jobs. */
export async function countUnfinished({ database }: Pick<JobsDeps, 'database'>): Promise<Unfinished> {
  const uploaded = sql`${jobs.status} = 'uploaded' and ${jobs.deletedAt} is null`;
  const due = sql`${uploaded} and ${jobs.notBefore} <= now()`;
  const processing = sql`${jobs.status} = 'processing' and ${jobs.deletedAt} is null`;
  const count = (condition: typeof due) =>
    sql`(select count(*)::int from (select 1 from ${jobs} where ${condition} limit ${countMax}) as counted)`;
  const [row] = await database.run((executor) =>
    executor.execute<{ uploaded: number; processing: number; due: number; age: number }>(sql`
      select ${count(uploaded)} as uploaded, ${count(processing)} as processing, ${count(due)} as due,
        coalesce((select extract(epoch from now() - min(${jobs.notBefore})) from ${jobs} where ${due}), 0)::float8 as age`),
  );
  return {
    uploaded: row?.uploaded ?? 0,
    processing: row?.processing ?? 0,
    due: row?.due ?? 0,
    oldestDueSeconds: row?.age ?? 0,
  };
}
