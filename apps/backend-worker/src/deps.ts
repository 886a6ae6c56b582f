import type { ClaimedJob, JobsDeps, TurnCorrections } from '@thumbnail-api/jobs';
import type { MadeThumbnails } from './make-thumbnails.ts';
import type { StoreGate } from './store-gate.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** The dependencies of the message handler. */
export interface WorkerDeps extends Omit<JobsDeps, 'store'> {
  /** Makes the thumbnails of a job and stores them. Throws AppError with a code of a job, or the reason of the signal. */
  makeThumbnails: (job: ClaimedJob, signal: AbortSignal) => Promise<MadeThumbnails>;
  /** Closed while the object store is unavailable. */
  gate: Pick<StoreGate, 'pass' | 'isStoreDown'>;
  /** Learns what each run took, which moves the owner's next turn. */
  turns: Pick<TurnCorrections, 'add'>;
  metrics: WorkerMetrics;
  /** Aborted with {@link WorkerStopping} when unfinished runs must be handed back. */
  stopping: AbortSignal;
}

/** The worker shuts down before the run could finish. */
export class WorkerStopping extends Error {
  override readonly name = 'WorkerStopping';
}
