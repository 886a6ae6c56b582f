import { CommitUnknown } from '@thumbnail-api/db';
import { AppError, withDeadline } from '@thumbnail-api/errors';
import { findOutputFault, type Spec } from '@thumbnail-api/spec';
import { type ByteSource, originalKey } from '@thumbnail-api/storage';
import { type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from './deps.ts';
import { getJob } from './get-job.ts';
import { bindKey, fingerprintOf, type HeldKey } from './hold-key.ts';
import type { Job } from './job.ts';
import type { Owned } from './owned.ts';
import { publishJob } from './publish-job.ts';
import { type Original, type OriginalLimits, receiveOriginal } from './receive-original.ts';

/** An upload as it comes in. */
export interface NewJob {
  owner: string;
  /** As the client named it; never part of a key or path. */
  filename: string | null;
  body: ByteSource;
  /** The thumbnails wanted; asked for when the body has ended, since options may follow the file. */
  specs: () => Promise<Spec[]>;
  /** From `holdKey`, for a client that may send the same again. */
  key?: HeldKey | undefined;
}

/** The bounds of the door; the deadline holds from the first byte to the COMMIT. */
export interface CreateJobLimits extends OriginalLimits {
  uploadDeadlineMs: number;
  /** Over all thumbnails and frames of the job. */
  maxOutputPixels: number;
}

/**
 * Takes a picture in: the original is stored, then image and job are committed, then a message goes out.
 *
 * When it returns the job is kept and will end, whatever dies; when it throws nothing is left that would run. With a key
 * that has a job already the upload is only compared: the same content and options give that job as it is now.
 *
 * @throws AppError what {@link receiveOriginal} and `specs` throw, `request_timeout`, `unavailable`,
 *   `idempotency_mismatch`, `idempotency_in_flight`
 */
export async function createJob(deps: JobsDeps, input: NewJob, limits: CreateJobLimits): Promise<Job> {
  const startedAt = await deps.database.readClock(limits.uploadDeadlineMs / 100);
  const { original, specs } = await withDeadline(
    { deadlineMs: limits.uploadDeadlineMs, code: 'request_timeout', message: 'The upload took too long.' },
    (signal) => receive(deps, input, limits, signal),
  );
  const { owner, filename, key } = input;
  if (key?.first) return replay(deps, { ...key.first, owner }, { original, specs });
  const row = { id: Bun.randomUUIDv7(), owner, filename, original, specs, key };
  const job = await keep(deps, row, { startedAt, limits });
  await publishJob(deps, { id: job.id, run: 0 });
  return job;
}

/** The second original goes, whatever it turns out to be. */
async function replay(
  deps: JobsDeps,
  first: { jobId: string; fingerprint: string; owner: string },
  { original, specs }: { original: Original; specs: Spec[] },
): Promise<Job> {
  await discard(deps, original);
  if (fingerprintOf(original.sha256, specs) !== first.fingerprint) {
    throw new AppError('idempotency_mismatch', 'The Idempotency-Key was used for another file or other options.');
  }
  return getJob(deps, { id: first.jobId, owner: first.owner });
}

async function receive(deps: JobsDeps, input: NewJob, limits: CreateJobLimits, signal: AbortSignal) {
  const original = await receiveOriginal(deps.store, input.body, limits, signal);
  try {
    const specs = await input.specs();
    assertOutput(original, specs, limits);
    signal.throwIfAborted();
    return { original, specs };
  } catch (error) {
    await discard(deps, original);
    throw error;
  }
}

/**
 * Refuses here what could only fail later, where the header has told the size.
 *
 * @throws AppError `image_too_large`
 */
export function assertOutput(original: Original, specs: Spec[], { maxOutputPixels }: CreateJobLimits): void {
  const { width, height, frames } = original;
  if (width === null || height === null) return;
  const fault = findOutputFault(specs, { width, height, frames }, maxOutputPixels);
  if (fault) throw new AppError('image_too_large', fault);
}

interface NewRows extends Owned {
  filename: string | null;
  original: Original;
  specs: Spec[];
  key: HeldKey | undefined;
}

interface Window {
  /** When the upload began, by the database's clock. */
  startedAt: string;
  limits: CreateJobLimits;
}

/** Inserts, or removes the original again. Where the fate of a COMMIT is unknown the row decides, and else the sweep. */
async function keep(deps: JobsDeps, row: NewRows, window: Window): Promise<Job> {
  const inserted = await insertRows(deps, row, window).catch(async (error) => {
    const unknown = error instanceof CommitUnknown;
    const found = unknown ? await getJob(deps, row).catch(() => null) : null;
    if (!unknown) await discard(deps, row.original);
    if (!found) throw error;
    return found;
  });
  if (inserted) return inserted;
  await discard(deps, row.original);
  throw new AppError('unavailable', 'The upload could not be kept in time.', { retryable: true });
}

class Late extends Error {}

/** Gives null, and inserts nothing, when the upload is late: the sweep takes older objects for left over. */
async function insertRows({ database }: JobsDeps, row: NewRows, window: Window): Promise<Job | null> {
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

/** By the database's clock. */
const isInTime = ({ startedAt, limits }: Window) =>
  sql`clock_timestamp() < ${startedAt}::timestamptz + ${limits.uploadDeadlineMs} * interval '1 ms'`;

/** Gives a row when it was in time. All but the flush of its commit is bounded by 8 s, less than the sweep adds to a deadline. */
function insertStatement({ id, owner, filename, original, specs }: NewRows, window: Window): SQL {
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

/** Removes an original again. Best effort: what stays behind has no row, and the sweep removes it after the grace time. */
export async function discard({ store, log }: Pick<JobsDeps, 'store' | 'log'>, { imageId }: Original): Promise<void> {
  await store
    .delete(originalKey(imageId))
    .catch((error) => log.warn({ error, imageId }, 'left an original to the sweep'));
}
