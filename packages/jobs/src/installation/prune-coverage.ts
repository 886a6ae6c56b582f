import { coverage } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** No object waits this long to be judged: a walk through the bucket takes minutes. */
const keptDays = 90;
/** No process extends a row that ended so long ago. */
const endedMinutes = 10;

/** Deletes the rows of ended chains that another row contains, and those that are 90 days old. Returns how many. */
export async function pruneCoverage({ database }: Pick<JobsDeps, 'database'>, storeNow: Date): Promise<number> {
  const now = sql`${storeNow.toISOString()}::timestamptz`;
  const rows = await database.run((executor) =>
    executor.execute(sql`
      delete from ${coverage} as ended using ${coverage} as latest
      where ended.ended_at < ${now} - ${endedMinutes} * interval '1 minute'
        and (ended.ended_at < ${now} - ${keptDays} * interval '1 day' or (
          ended.id <> latest.id
          and split_part(ended.server, '|', 1) = split_part(latest.server, '|', 1)
          and split_part(latest.server, '@', 2) = latest.xmin::text
          and latest.started_at <= ended.started_at and ended.ended_at <= latest.ended_at
          and (latest.started_at, latest.ended_at) <> (ended.started_at, ended.ended_at)))
      returning ended.id`),
  );
  return rows.length;
}
