import { CommitUnknown, type RefusedFile } from '@thumbnail-api/db';
import { AppError, type ErrorCode } from '@thumbnail-api/errors';
import { withDeadline } from '@thumbnail-api/resilience';
import type { ByteSource } from '@thumbnail-api/storage';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import type { JobsDeps } from '../deps.ts';
import { type Batch, getBatch } from '../queries/get-batch.ts';
import { publishJob } from '../runs/publish-job.ts';
import { assertOutput } from './assert-output.ts';
import type { CreateJobLimits } from './create-job.ts';
import { discardOriginal } from './discard-original.ts';
import { type Accepted, insertBatch } from './insert-batch.ts';
import { receiveOriginal } from './receive-original.ts';

/** One file of a batch; its body is read before the next file is asked for. */
export interface BatchFile {
  /** As the client named it. */
  filename: string | null;
  body: ByteSource;
}

/** Files on their way in, and the thumbnails wanted of each; those are asked for when the last file has ended. */
export interface NewBatch {
  owner: string;
  files: AsyncIterable<BatchFile>;
  specs: () => Promise<Spec[]>;
}

/** What may be wrong with one file without harm to those beside it. */
const refusals = new Set<ErrorCode>(['file_empty', 'unsupported_media_type', 'image_too_large', 'payload_too_large']);

/**
 * Takes many pictures in, each accepted or refused for itself: the originals are stored one after the other, then all rows
 * are committed at once, then the messages go out.
 *
 * When it returns every accepted job is kept; when it throws nothing is left that would run. `limits` hold for each file,
 * the deadline for the whole batch.
 *
 * @throws AppError what `files` and `specs` throw, `storage_unavailable`, `request_timeout`, `unavailable`
 */
export async function createBatch(deps: JobsDeps, input: NewBatch, limits: CreateJobLimits): Promise<Batch> {
  const startedAt = await deps.database.readClock(limits.uploadDeadlineMs / 100);
  const accepted: Accepted[] = [];
  const refused: RefusedFile[] = [];
  const batch = { id: Bun.randomUUIDv7(), owner: input.owner };
  const create = async () => {
    const specs = await withDeadline(
      { deadlineMs: limits.uploadDeadlineMs, code: 'request_timeout', message: 'The upload took too long.' },
      (signal) => receive(deps, { input, limits, signal, accepted, refused }),
    );
    const rows = { ...batch, accepted, refused, specs };
    return insertBatch(deps, rows, { startedAt, deadlineMs: limits.uploadDeadlineMs });
  };
  const created = await create().catch(async (error) => {
    // Where the fate of a COMMIT is unknown the rows decide, and else the sweep.
    const unknown = error instanceof CommitUnknown;
    const found = unknown ? await getBatch(deps, batch).catch(() => null) : null;
    if (!unknown) await Promise.all(accepted.map(({ original }) => discardOriginal(deps, original)));
    if (!found) throw error;
    return found;
  });
  await Promise.all(accepted.map(({ jobId }) => publishJob(deps, { id: jobId, run: 0 })));
  return created;
}

interface Reception {
  input: NewBatch;
  limits: CreateJobLimits;
  signal: AbortSignal;
  accepted: Accepted[];
  refused: RefusedFile[];
}

async function receive(deps: JobsDeps, reception: Reception): Promise<Spec[]> {
  const { input, limits, signal, accepted, refused } = reception;
  for await (const { filename, body } of input.files) {
    await unlessRefused(reception, filename, async () => {
      const original = await receiveOriginal(deps.store, body, limits, signal);
      // Nobody would look at what is accepted from now on: the answer is given.
      if (signal.aborted) await discardOriginal(deps, original);
      signal.throwIfAborted();
      accepted.push({ jobId: Bun.randomUUIDv7(), filename, original });
    });
  }
  const specs = await input.specs();
  for (const file of [...accepted]) {
    const before = refused.length;
    await unlessRefused(reception, file.filename, async () => assertOutput(file.original, specs, limits));
    if (refused.length === before) continue;
    accepted.splice(accepted.indexOf(file), 1);
    await discardOriginal(deps, file.original);
  }
  signal.throwIfAborted();
  return specs;
}

async function unlessRefused(
  { refused }: Reception,
  filename: string | null,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || !refusals.has(error.code)) throw error;
    refused.push({ filename, code: error.code, message: error.publicMessage });
  }
}
