import { coverage, images, jobs, thumbnails } from '@thumbnail-api/db';
import { parseObjectKey } from '@thumbnail-api/storage';
import { type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { hasSameHistory, prepareServerIdentity } from '../installation/server-identity.ts';

/** An object that may be an orphan. */
export interface Candidate {
  key: string;
  /** When its row could be inserted, by the clock of the store. */
  from: Date;
  until: Date;
}

/** An object without a row. */
export interface Orphan {
  key: string;
  /** Set if its job has failed and may be retried: a new run could store the same key while it is moved. */
  failedJobId: string | null;
  /** Whether the database provably would know the row, because it was covered all that time. */
  isCovered: boolean;
}

/**
 * Finds the orphans among these objects, by the rows and the coverage as one statement sees them.
 *
 * Leaves out keys that are neither originals nor thumbnails, thumbnails of a job that may still finish, and objects of
 * deleted rows, which `finishDeletions` removes.
 */
export async function findOrphans(deps: Pick<JobsDeps, 'database'>, candidates: Candidate[]): Promise<Orphan[]> {
  const objects = candidates.flatMap(({ key, from, until }) => {
    const subject = parseObjectKey(key);
    if (!subject) return [];
    const [imageId, jobId] = subject.kind === 'original' ? [subject.imageId, null] : [null, subject.jobId];
    return [{ key, image_id: imageId, job_id: jobId, starts_at: from, ends_at: until }];
  });
  if (objects.length === 0) return [];
  const identity = await prepareServerIdentity(deps);
  const rows = await deps.database.run((executor) =>
    executor.execute(orphansAmong(sql`${JSON.stringify(objects)}::jsonb`, hasSameHistory(identity))),
  );
  return rows.map(({ key, failedJobId, isCovered }) => ({
    key: String(key),
    failedJobId: failedJobId === null ? null : String(failedJobId),
    isCovered: isCovered === true,
  }));
}

/** One statement, so that a database that is replaced meanwhile gives no mixed answer. */
const orphansAmong = (objects: SQL, isTrusted: SQL): SQL => sql`
  with covered as (
    select coalesce(range_agg(tstzrange(started_at, ended_at, '[]')), '{}'::tstzmultirange) as spans
    from ${coverage} where ${isTrusted}
  )
  select object.key, case when job.status = 'error' then job.id end as "failedJobId",
    covered.spans @> tstzrange(object.starts_at, object.ends_at, '[]') as "isCovered"
  from jsonb_to_recordset(${objects}) as object
      (key text, image_id uuid, job_id uuid, starts_at timestamptz, ends_at timestamptz)
    cross join covered
    left join ${images} as image on image.id = object.image_id
    left join ${jobs} as job on job.id = object.job_id
    left join ${thumbnails} as thumbnail on thumbnail.job_id = object.job_id and thumbnail.key = object.key
  where image.id is null and (job.id is null or (
    job.deleted_at is null and job.status in ('success', 'error') and thumbnail.key is null))
  order by object.key`;
