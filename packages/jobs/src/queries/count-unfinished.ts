import { jobs } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** How much work there is. */
export interface Unfinished {
  uploaded: number;
  processing: number;
  /** Of those uploaded: that may begin now. */
  due: number;
  /** How long the first of those waits already, in seconds; 0 where there is none. */
  oldestDueSeconds: number;
}

/** A count beyond says no more, and must not cost more. */
const countMax = 100_000;

/** Counts the jobs of the whole fleet that have not ended, each number up to 100 000; reads indexes of unfinished jobs alone. */
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
