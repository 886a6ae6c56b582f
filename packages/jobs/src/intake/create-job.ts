import type { ByteSource } from '@thumbnail-api/storage';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import { assertMayAdd } from '../bounds/assert-may-add.ts';
import { type OwnerBounds, unbounded } from '../bounds/owner-bounds.ts';
import { withReservedBytes } from '../bounds/with-reserved-bytes.ts';
import type { JobsDeps } from '../deps.ts';
import { getJob } from '../queries/get-job.ts';
import type { Job } from '../queries/job.ts';
import { publishJob } from '../runs/publish-job.ts';
import { assertOutput } from './assert-output.ts';
import { assertSameRequest, fingerprintOf, type KeyBinding, type ReservedKey } from './idempotency-key.ts';
import { insertJob } from './insert-job.ts';
import { discardOriginal, type Original, type OriginalLimits, receiveOriginal } from './receive-original.ts';
import { resolveUnknownCommit } from './resolve-unknown-commit.ts';
import { openUploadWindow, receiveWithin } from './upload-window.ts';

/** An upload. */
export interface NewJob {
  owner: string;
  /** As the client named it; never part of a key or path. */
  filename: string | null;
  body: ByteSource;
  /** Gives the specs. Called after the body has ended, since options may follow the file. */
  specs: () => Promise<Spec[]>;
  /** From `withIdempotencyKey`, if the client sent a key. */
  key?: ReservedKey | undefined;
  /** The trace of the request (W3C `traceparent`); the worker continues it. */
  trace?: string | undefined;
}

/** The limits of an upload. */
export interface CreateJobLimits extends OriginalLimits {
  /** From the first byte to the COMMIT. */
  uploadDeadlineMs: number;
  /** Over all thumbnails and frames of a job. */
  maxOutputPixels: number;
  /** Default: none. */
  bounds?: OwnerBounds | undefined;
}

/**
 * Creates a job from an upload: stores the original, commits image and job, then publishes the message.
 *
 * When it returns, the job is committed and will end. When it throws, nothing is left that would run. If the key already
 * has a job, the upload is only compared: the same content and options give that job as it is now.
 *
 * @throws AppError what {@link receiveOriginal} and `specs` throw, `request_timeout`, `unavailable`,
 *   `idempotency_mismatch`, `rate_limited` and `quota_exceeded` if the owner's bounds allow no further job or bytes
 */
export async function createJob(deps: JobsDeps, input: NewJob, limits: CreateJobLimits): Promise<Job> {
  const { owner, filename, key, trace } = input;
  const window = await openUploadWindow(deps, limits.uploadDeadlineMs);
  const upload = await receiveWithin(window, (signal) => receiveUpload(deps, input, limits, signal));
  if (key?.first) return getFirstJob(deps, owner, key.first, upload);
  const row = { id: Bun.randomUUIDv7(), owner, filename, key, trace, ...upload };
  const { bounds = unbounded } = limits;
  const insert = async () => {
    await deps.database.run((executor) => assertMayAdd(executor, { owner, count: 1 }, bounds));
    const stored = { owner, bytes: upload.original.bytes };
    return withReservedBytes(deps, stored, bounds, () => insertJob(deps, row, window));
  };
  const job = await resolveUnknownCommit(insert(), {
    read: () => getJob(deps, row),
    discard: () => discardOriginal(deps, upload.original),
  });
  await publishJob(deps, { id: job.id, run: 0 });
  return job;
}

interface Upload {
  original: Original;
  specs: Spec[];
}

async function receiveUpload(
  deps: JobsDeps,
  { body, specs: readSpecs }: NewJob,
  limits: CreateJobLimits,
  signal: AbortSignal,
): Promise<Upload> {
  const original = await receiveOriginal(deps.store, body, limits, signal);
  try {
    const specs = await readSpecs();
    assertOutput(original, specs, limits);
    signal.throwIfAborted();
    return { original, specs };
  } catch (error) {
    await discardOriginal(deps, original);
    throw error;
  }
}

/** The first job already has its own original, so the second one is discarded in any case. */
async function getFirstJob(
  deps: JobsDeps,
  owner: string,
  first: KeyBinding,
  { original, specs }: Upload,
): Promise<Job> {
  await discardOriginal(deps, original);
  assertSameRequest(first, fingerprintOf(original.sha256, specs));
  return getJob(deps, { id: first.jobId ?? '', owner });
}
