import type { Spec } from '@thumbnail-api/thumbnail-spec';
import { type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import type { Job } from '../queries/job.ts';
import { estimateCostMs } from '../turns/estimate-cost.ts';
import { type Turn, takeTurn } from '../turns/take-turns.ts';
import { bindKey, fingerprintOf, type ReservedKey, requestTooLate } from './idempotency-key.ts';
import type { Original } from './receive-original.ts';
import { isWindowOpen, type UploadWindow } from './upload-window.ts';

/** The rows to insert. */
export interface NewJobRows {
  id: string;
  owner: string;
  filename: string | null;
  original: Original;
  specs: Spec[];
  key: ReservedKey | undefined;
  trace: string | undefined;
}

interface PlacedRows extends NewJobRows, Turn {}

/**
 * Takes the owner's next turn, then inserts image and job and binds the key to the job, all or nothing.
 *
 * @throws AppError `unavailable` if the upload passed its deadline or the key is reserved by another request by now; also
 *   as `CommitUnknown`
 */
export async function insertJob(
  { database }: Pick<JobsDeps, 'database'>,
  created: NewJobRows,
  window: UploadWindow,
): Promise<Job> {
  const { key, owner } = created;
  const costMs = estimateCostMs(created.original, created.specs);
  const rows = { ...created, ...(await database.run((executor) => takeTurn(executor, owner, costMs))) };
  const statement = insertStatement(rows, window);
  if (!key) {
    const [times] = await database.commit(statement);
    return toNewJob(rows, times);
  }
  const binding = { jobId: rows.id, fingerprint: fingerprintOf(rows.original.sha256, rows.specs) };
  return database.transaction(async (transaction) => {
    const [times] = await transaction.execute(statement);
    const job = toNewJob(rows, times);
    await bindKey(transaction, key, binding);
    // Again: binding may have waited for a lock.
    const [checked] = await transaction.execute(sql`select ${isWindowOpen(window)} as "isOpen"`);
    if (!checked?.isOpen) throw requestTooLate();
    return job;
  });
}

/**
 * Returns a row if the window is open. Everything before the flush of the COMMIT takes at most 8 s, less than the sweep adds
 * to the deadline.
 */
function insertStatement(
  { id, owner, filename, original, specs, trace, costMs, fairStart }: PlacedRows,
  window: UploadWindow,
): SQL {
  const { imageId, type, width, height, frames, bytes, sha256, checksum } = original;
  return sql`
    with image as (
      insert into images (id, owner, filename, type, width, height, frames, bytes, sha256, checksum)
      select ${imageId}::uuid, ${owner}::text, ${filename}::text, ${type}::text, ${width}::integer, ${height}::integer,
        ${frames}::integer, ${bytes}::bigint, ${sha256}::text, ${checksum}::text
      where ${isWindowOpen(window)} returning id
    ), job as (
      insert into jobs (id, owner, image_id, specs, published_at, fair_start, cost_ms, trace)
      select ${id}::uuid, ${owner}::text, image.id, ${JSON.stringify(specs)}::jsonb, now(), ${fairStart}::timestamptz,
        ${costMs}::integer, ${trace ?? null}::text from image
      returning created_at, not_before
    )
    select created_at as "createdAt", not_before as "notBefore" from job`;
}

/** The job as it would be read: the inserted values, the times that Postgres gave, and the defaults of the schema. */
function toNewJob(rows: PlacedRows, times: Record<string, unknown> | undefined): Job {
  if (!times) throw requestTooLate();
  const { id, owner, filename, original, specs, fairStart, costMs, trace = null } = rows;
  const createdAt = new Date(String(times.createdAt));
  const notBefore = new Date(String(times.notBefore));
  const { imageId, ...facts } = original;
  return {
    id,
    owner,
    batchId: null,
    status: 'uploaded',
    image: { id: imageId, owner, filename, ...facts, createdAt, deletedAt: null, deleteAfter: null },
    specs,
    thumbnails: [],
    run: 0,
    tries: 0,
    crashes: 0,
    lostLeases: 0,
    leaseUntil: null,
    notBefore,
    fairStart,
    costMs,
    trace,
    publishedAt: notBefore,
    error: null,
    timings: null,
    createdAt,
    startedAt: null,
    finishedAt: null,
    missingSince: null,
    deletedAt: null,
    deleteAfter: null,
  };
}
