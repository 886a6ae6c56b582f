import { assertMayAdd } from '../bounds/assert-may-add.ts';
import { unbounded } from '../bounds/owner-bounds.ts';
import { withReservedBytes } from '../bounds/with-reserved-bytes.ts';
import type { JobsDeps } from '../deps.ts';
import { type Batch, getBatch } from '../queries/get-batch.ts';
import { publishJob } from '../runs/publish-job.ts';
import type { CreateJobLimits } from './create-job.ts';
import { assertSameRequest } from './idempotency-key.ts';
import { batchFingerprint, insertBatch } from './insert-batch.ts';
import { type NewBatch, type ReceivedFiles, receiveBatch } from './receive-batch.ts';
import { discardOriginal } from './receive-original.ts';
import { resolveUnknownCommit } from './resolve-unknown-commit.ts';
import { openUploadWindow, receiveWithin } from './upload-window.ts';

/**
 * Creates a batch from many files: stores the originals one after the other, commits all rows at once, then publishes the
 * messages. Each file is accepted or rejected on its own.
 *
 * When it returns, every accepted job is committed. When it throws, nothing is left that would run. `limits` apply to each
 * file, the deadline to the whole batch. If the key already has a batch, the files are only compared: the same contents in the
 * same order and the same options give that batch as it is now.
 *
 * @throws AppError what `files` and `specs` throw, `storage_unavailable`, `request_timeout`, `unavailable`,
 *   `idempotency_mismatch`, `rate_limited` and `quota_exceeded` if the owner's bounds do not allow the whole batch
 */
export async function createBatch(deps: JobsDeps, input: NewBatch, limits: CreateJobLimits): Promise<Batch> {
  const { owner, key, trace } = input;
  const { bounds = unbounded } = limits;
  const owned = { id: Bun.randomUUIDv7(), owner };
  const files: ReceivedFiles = { accepted: [], refused: [], contents: [] };
  const window = await openUploadWindow(deps, limits.uploadDeadlineMs);
  const receive = () => receiveWithin(window, (signal) => receiveBatch(deps, input, files, { ...limits, signal }));
  const discard = () => Promise.all(files.accepted.map(({ original }) => discardOriginal(deps, original)));
  if (key?.first) {
    // The first batch has its own originals, so these are discarded in any case.
    const specs = await receive().finally(discard);
    assertSameRequest(key.first, batchFingerprint(files.contents, specs));
    return getBatch(deps, { id: key.first.batchId ?? '', owner });
  }
  const receiveAndInsert = async () => {
    const specs = await receive();
    await deps.database.run((executor) => assertMayAdd(executor, { owner, count: files.accepted.length }, bounds));
    const bytes = files.accepted.reduce((sum, { original }) => sum + original.bytes, 0);
    return withReservedBytes(deps, { owner, bytes }, bounds, () =>
      insertBatch(deps, { ...owned, ...files, specs, key, trace }, window),
    );
  };
  const batch = await resolveUnknownCommit(receiveAndInsert(), { read: () => getBatch(deps, owned), discard });
  await Promise.all(files.accepted.map(({ jobId }) => publishJob(deps, { id: jobId, run: 0 })));
  return batch;
}
