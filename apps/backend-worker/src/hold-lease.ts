import { type ClaimedJob, leaseRenewMs, renewLease } from '@thumbnail-api/jobs';
import type { WorkerDeps } from './deps.ts';

/** The run is no longer ours: another one may be at work, or the job was deleted. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** A lease that renews itself. */
export interface HeldLease {
  /** Aborted with {@link LeaseLost} when the run is over. */
  signal: AbortSignal;
  release: () => void;
}

/**
 * Renews the lease of a run until it is released. A database that is away for a moment is asked again; the lease itself
 * bounds how long, since the run is fenced.
 */
export function holdLease(deps: WorkerDeps, job: ClaimedJob): HeldLease {
  const controller = new AbortController();
  const timer = setInterval(async () => {
    try {
      if (await renewLease(deps, job)) return;
      controller.abort(new LeaseLost('the lease of the run was lost'));
    } catch (error) {
      deps.log.warn({ error, jobId: job.id }, 'the lease could not be renewed; trying again');
    }
  }, leaseRenewMs);
  return { signal: controller.signal, release: () => clearInterval(timer) };
}
