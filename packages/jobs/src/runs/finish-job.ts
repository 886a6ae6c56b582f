import { type Executor, jobs, type ThumbnailRow, type Timings } from '@thumbnail-api/db';
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { endedChannel } from '../events/announce-end.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import { isCurrentRun, type Run } from './run.ts';

/** The result of a run. */
export interface FinishedRun extends Run {
  imageId: string;
  /** Upright size of the decoded image, in pixels. */
  width: number;
  height: number;
  /** In the order of the job's specs. */
  thumbnails: Omit<ThumbnailRow, 'jobId' | 'position'>[];
  timings: Timings;
}

/**
 * Ends a job in `success`: writes status and thumbnails and announces the end, in one statement.
 *
 * Retries while the database is unavailable, for up to 6 s.
 *
 * @returns false if the run was no longer current; nothing was written then
 * @throws AppError `unavailable`
 */
export function finishJob({ database }: Pick<JobsDeps, 'database'>, finished: FinishedRun): Promise<boolean> {
  const finish = async () => {
    const [row] = await database.commit(finishStatement(finished));
    return row ? true : database.run((executor) => hasFinished(executor, finished));
  };
  return retryWhileUnavailable(finish);
}

/** Returns a row if the run was current. Locks the image before the job, in the same order as a deletion. */
function finishStatement(finished: FinishedRun): SQL {
  const rows = JSON.stringify(finished.thumbnails.map((thumbnail, position) => ({ ...thumbnail, position })));
  const size = sql`(${finished.width}::integer, ${finished.height}::integer)`;
  return sql`
    with image as (
      select id from images where id = ${finished.imageId} for no key update
    ), ended as (
      update jobs set status = 'success', lease_until = null, finished_at = now(), timings = ${JSON.stringify(finished.timings)}::jsonb
      from image where ${isCurrentRun(finished)} returning jobs.id
    ), stored as (
      insert into thumbnails
        (job_id, position, name, key, type, width, height, bytes, sha256, thumb_hash, dominant_colour, spec)
      select ended.id, stored.* from ended, jsonb_to_recordset(${rows}::jsonb) as stored (
        position integer, name text, key text, type text, width integer, height integer, bytes bigint, sha256 text,
        "thumbHash" text, "dominantColour" text, spec jsonb)
    ), sized as (
      update images set (width, height) = ${size} from ended
      where images.id = ${finished.imageId} and (images.width, images.height) is distinct from ${size}
    )
    select pg_notify(${endedChannel}, id::text) from ended`;
}

/** Whether an earlier try of this run succeeded and only its answer was lost. */
async function hasFinished(executor: Executor, { id, run }: Run): Promise<boolean> {
  const rows = await executor
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.id, id), eq(jobs.run, run), eq(jobs.status, 'success')));
  return rows.length > 0;
}
