import type { JobsDeps } from '../deps.ts';
import { type Batch, getBatch } from '../queries/get-batch.ts';
import { publishJob } from '../runs/publish-job.ts';
import type { CreateJobLimits } from './create-job.ts';
import { insertBatch } from './insert-batch.ts';
import { type NewBatch, type ReceivedFiles, receiveBatch } from './receive-batch.ts';
import { discardOriginal } from './receive-original.ts';
import { resolveUnknownCommit } from './resolve-unknown-commit.ts';
import { openUploadWindow, receiveWithin } from './upload-window.ts';

/**
 * Creates a batch from many files: stores the originals one after the other, commits all rows at once, then publishes the
 * messages. Each file is accepted or rejected on its own.
 *
 * When it returns, every accepted job is committed. When it throws, nothing is left that would run. `limits` apply to each
 * file, the deadline to the whole batch.
 *
 * @throws AppError what `files` and `specs` throw, `storage_unavailable`, `request_timeout`, `unavailable`
 */
export async function createBatch(deps: JobsDeps, input: NewBatch, limits: CreateJobLimits): Promise<Batch> {
  const owned = { id: Bun.randomUUIDv7(), owner: input.owner };
  const files: ReceivedFiles = { accepted: [], refused: [] };
  const window = await openUploadWindow(deps, limits.uploadDeadlineMs);
  const receiveAndInsert = async () => {
    const specs = await receiveWithin(window, (signal) => receiveBatch(deps, input, files, { ...limits, signal }));
    return insertBatch(deps, { ...owned, ...files, specs }, window);
  };
  const batch = await resolveUnknownCommit(receiveAndInsert(), {
    read: () => getBatch(deps, owned),
    discard: () => Promise.all(files.accepted.map(({ original }) => discardOriginal(deps, original))),
  });
  await Promise.all(files.accepted.map(({ jobId }) => publishJob(deps, { id: jobId, run: 0 })));
  return batch;
}
