import { type ClaimedJob, leaseRenewMs, renewLease } from '@thumbnail-api/jobs';
import type { WorkerDeps } from './deps.ts';

/** The lease of the run is gone: another run may have started, or the job was deleted. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** A lease that is renewed automatically. */
export interface HeldLease {
  /** Aborted with {@link LeaseLost}. */
  signal: AbortSignal;
  release: () => void;
}

/**
 * Renews the lease of a run until it is released. A renewal that fails because the database is unavailable is retried; if
 * the lease expires meanwhile, the fence of the run keeps its result out.
 */
export function holdLease(deps: WorkerDeps, job: ClaimedJob): HeldLease {
  const controller = new AbortController();
  const timer = setInterval(async () => {
    try {
      if (await renewLease(deps, job)) return;
      controller.abort(new LeaseLost('the lease of the run was lost'));
    } catch (error) {
      deps.log.warn({ error, jobId: job.id }, 'lease renewal failed, retrying');
    }
  }, leaseRenewMs);
  return { signal: controller.signal, release: () => clearInterval(timer) };
}
