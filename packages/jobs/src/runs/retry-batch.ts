import { type OwnerBounds, unbounded } from '../bounds/owner-bounds.ts';
import type { JobsDeps } from '../deps.ts';
import type { ReservedKey } from '../intake/idempotency-key.ts';
import { type Batch, getBatch } from '../queries/get-batch.ts';
import type { Owned } from '../queries/job.ts';
import { retryJobs } from './retry-jobs.ts';

/**
 * Makes the failed jobs of a batch run again, as `retryJobs` does. Gives the batch as it is then, and the estimated time of the runs.
 *
 * @throws AppError `not_found`, `unavailable`, `idempotency_mismatch`
 */
export async function retryBatch(
  deps: Pick<JobsDeps, 'database'>,
  { id, owner }: Owned,
  key?: ReservedKey,
  bounds: OwnerBounds = unbounded,
): Promise<{ batch: Batch; costMs: number }> {
  await getBatch(deps, { id, owner });
  const { costMs } = await retryJobs(deps, { owner, batchId: id }, key, bounds);
  return { batch: await getBatch(deps, { id, owner }), costMs };
}
