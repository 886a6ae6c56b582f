import type { ImageLimits } from '@thumbnail-api/config';
import type { JobsDeps, TurnCorrections } from '@thumbnail-api/jobs';
import type { RendererPool } from './pool/renderer-pool.ts';
import type { StoreGate } from './store-gate.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** The dependencies of the message handler. */
export interface WorkerDeps extends Omit<JobsDeps, 'store'> {
  renderers: Pick<RendererPool, 'render'>;
  /** Closed while the object store is unavailable. */
  gate: Pick<StoreGate, 'pass' | 'isStoreDown'>;
  /** Learns what each run took, which moves the owner's next turn. */
  turns: Pick<TurnCorrections, 'add'>;
  limits: ImageLimits;
  metrics: WorkerMetrics;
  /** Aborted with {@link WorkerStopping} when unfinished runs must be handed back. */
  stopping: AbortSignal;
}

/** The worker shuts down before the run could finish. */
export class WorkerStopping extends Error {
  override readonly name = 'WorkerStopping';
}
