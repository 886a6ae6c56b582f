import type { Spec } from '@thumbnail-api/thumbnail-spec';
import { type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import type { Job } from '../queries/job.ts';
import type { Owned } from '../queries/owned.ts';
import { bindKey, fingerprintOf, type ReservedKey } from './idempotency-key.ts';
import type { Original } from './receive-original.ts';
import { isInTime, type UploadWindow } from './upload-window.ts';

/** What is to be inserted. */
export interface NewRows extends Owned {
  filename: string | null;
  original: Original;
  specs: Spec[];
  key: ReservedKey | undefined;
}

class Late extends Error {}

/**
 * Inserts image and job, and binds the key to the job, all or nothing.
 *
 * @returns null when the upload is late; nothing was inserted then
 * @throws AppError `unavailable`, `CommitUnknown` among them; what {@link bindKey} throws
 */
export async function insertJob(
  { database }: Pick<JobsDeps, 'database'>,
  row: NewRows,
  window: UploadWindow,
): Promise<Job | null> {
  const { key } = row;
  const statement = insertStatement(row, window);
  if (!key) return toNewJob(row, (await database.commit(statement))[0]);
  const bound = { jobId: row.id, fingerprint: fingerprintOf(row.original.sha256, row.specs) };
  const inserted = database.transaction(async (transaction) => {
    const [times] = await transaction.execute(statement);
    const [clock] = (await bindKey(transaction, key, bound))
      ? await transaction.execute(sql`select ${isInTime(window)} as "inTime"`)
      : [];
    if (!clock?.inTime) throw new Late();
    return toNewJob(row, times);
  });
  return inserted.catch((error) => {
    if (error instanceof Late) return null;
    throw error;
  });
}

/** Gives a row when it was in time. All but the flush of its commit is bounded by 8 s, less than the sweep adds to a deadline. */
function insertStatement({ id, owner, filename, original, specs }: NewRows, window: UploadWindow): SQL {
  const { imageId, type, width, height, frames, bytes, sha256 } = original;
  return sql`
    with image as (
      insert into images (id, owner, filename, type, width, height, frames, bytes, sha256)
      select ${imageId}::uuid, ${owner}::text, ${filename}::text, ${type}::text, ${width}::integer, ${height}::integer,
        ${frames}::integer, ${bytes}::bigint, ${sha256}::text
      where ${isInTime(window)} returning id
    ), job as (
      insert into jobs (id, owner, image_id, specs, published_at)
      select ${id}::uuid, ${owner}::text, image.id, ${JSON.stringify(specs)}::jsonb, now() from image
      returning created_at, not_before
    )
    select created_at as "createdAt", not_before as "notBefore" from job`;
}

/** The job as its rows are now: what was given, what Postgres has said, and the defaults of the schema. */
function toNewJob({ id, owner, filename, original, specs }: NewRows, times: Record<string, unknown> | undefined) {
  if (!times) return null;
  const createdAt = new Date(String(times.createdAt));
  const notBefore = new Date(String(times.notBefore));
  const { imageId, ...facts } = original;
  const image = { id: imageId, owner, filename, ...facts, createdAt, deletedAt: null };
  const counts = { run: 0, tries: 0, crashes: 0, lostLeases: 0 };
  const never = { leaseUntil: null, startedAt: null, finishedAt: null, deletedAt: null, timings: null, error: null };
  const dates = { createdAt, notBefore, publishedAt: notBefore };
  const job: Job = {
    id,
    owner,
    batchId: null,
    status: 'uploaded',
    specs,
    ...counts,
    ...never,
    ...dates,
    image,
    thumbnails: [],
  };
  return job;
}
