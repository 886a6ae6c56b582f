import { type Executor, jobs, type ThumbnailRow, type Timings } from '@thumbnail-api/db';
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { endedChannel } from '../events/announce-end.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import { type Run, runIs } from './run.ts';

/** What a run made. */
export interface FinishedRun extends Run {
  imageId: string;
  /** Upright size of the picture in pixels, as it was decoded. */
  width: number;
  height: number;
  /** In the order of the job's specs. */
  thumbnails: Omit<ThumbnailRow, 'jobId' | 'position'>[];
  timings: Timings;
}

/**
 * Ends a job in `success`: status, thumbnails and the announcement in one statement, tried again for a moment where the
 * database is away.
 *
 * @returns false when the run is over already; nothing was written then
 * @throws AppError `unavailable`
 */
export function finishJob({ database }: Pick<JobsDeps, 'database'>, done: FinishedRun): Promise<boolean> {
  const finish = async () => {
    const [row] = await database.commit(finishStatement(done));
    return row ? true : database.run((executor) => isFinished(executor, done));
  };
  return retryWhileUnavailable(finish);
}

/** Gives a row when the run was at work. The image is locked before the job, as a deletion does it. */
function finishStatement(done: FinishedRun): SQL {
  const rows = JSON.stringify(done.thumbnails.map((thumbnail, position) => ({ ...thumbnail, position })));
  const size = sql`(${done.width}::integer, ${done.height}::integer)`;
  return sql`
    with image as (
      select id from images where id = ${done.imageId} for no key update
    ), ended as (
      update jobs set status = 'success', lease_until = null, finished_at = now(), timings = ${JSON.stringify(done.timings)}::jsonb
      from image where ${runIs(done)} returning jobs.id
    ), made as (
      insert into thumbnails
        (job_id, position, name, key, type, width, height, bytes, sha256, thumb_hash, dominant_colour, spec)
      select ended.id, made.* from ended, jsonb_to_recordset(${rows}::jsonb) as made (
        position integer, name text, key text, type text, width integer, height integer, bytes bigint, sha256 text,
        "thumbHash" text, "dominantColour" text, spec jsonb)
    ), sized as (
      update images set (width, height) = ${size} from ended
      where images.id = ${done.imageId} and (images.width, images.height) is distinct from ${size}
    )
    select pg_notify(${endedChannel}, id::text) from ended`;
}

/** By this very run: the answer to an earlier try was lost. */
async function isFinished(executor: Executor, { id, run }: Run): Promise<boolean> {
  const rows = await executor
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.id, id), eq(jobs.run, run), eq(jobs.status, 'success')));
  return rows.length > 0;
}
