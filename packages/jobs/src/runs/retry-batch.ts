import type { JobsDeps } from '../deps.ts';
import type { ReservedKey } from '../intake/idempotency-key.ts';
import { type Batch, getBatch } from '../queries/get-batch.ts';
import type { Owned } from '../queries/job.ts';
import { retryJobs } from './retry-jobs.ts';

/**
 * Makes the failed jobs of a batch run again, as `retryJobs` does. Gives the batch as it is then.
 *
 * @throws AppError `not_found`, `unavailable`, `idempotency_mismatch`
 */
export async function retryBatch(
  deps: Pick<JobsDeps, 'database'>,
  { id, owner }: Owned,
  key?: ReservedKey,
): Promise<Batch> {
  await getBatch(deps, { id, owner });
  await retryJobs(deps, { owner, batchId: id }, key);
  return getBatch(deps, { id, owner });
}
