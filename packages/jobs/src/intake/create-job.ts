import { CommitUnknown } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { withDeadline } from '@thumbnail-api/resilience';
import type { ByteSource } from '@thumbnail-api/storage';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import type { JobsDeps } from '../deps.ts';
import { getJob } from '../queries/get-job.ts';
import type { Job } from '../queries/job.ts';
import { publishJob } from '../runs/publish-job.ts';
import { assertOutput } from './assert-output.ts';
import { discardOriginal } from './discard-original.ts';
import { fingerprintOf, type ReservedKey } from './idempotency-key.ts';
import { insertJob, type NewRows } from './insert-job.ts';
import { type Original, type OriginalLimits, receiveOriginal } from './receive-original.ts';
import type { UploadWindow } from './upload-window.ts';

/** An upload as it comes in. */
export interface NewJob {
  owner: string;
  /** As the client named it; never part of a key or path. */
  filename: string | null;
  body: ByteSource;
  /** The thumbnails wanted; asked for when the body has ended, since options may follow the file. */
  specs: () => Promise<Spec[]>;
  /** From `withIdempotencyKey`, for a client that may send the same again. */
  key?: ReservedKey | undefined;
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
  const job = await keep(deps, row, { startedAt, deadlineMs: limits.uploadDeadlineMs });
  await publishJob(deps, { id: job.id, run: 0 });
  return job;
}

/** The second original goes, whatever it turns out to be. */
async function replay(
  deps: JobsDeps,
  first: { jobId: string; fingerprint: string; owner: string },
  { original, specs }: { original: Original; specs: Spec[] },
): Promise<Job> {
  await discardOriginal(deps, original);
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
    await discardOriginal(deps, original);
    throw error;
  }
}

/** Inserts, or removes the original again. Where the fate of a COMMIT is unknown the row decides, and else the sweep. */
async function keep(deps: JobsDeps, row: NewRows, window: UploadWindow): Promise<Job> {
  const inserted = await insertJob(deps, row, window).catch(async (error) => {
    const unknown = error instanceof CommitUnknown;
    const found = unknown ? await getJob(deps, row).catch(() => null) : null;
    if (!unknown) await discardOriginal(deps, row.original);
    if (!found) throw error;
    return found;
  });
  if (inserted) return inserted;
  await discardOriginal(deps, row.original);
  throw new AppError('unavailable', 'The upload could not be kept in time.', { retryable: true });
}
