import type { ImageLimits } from '@thumbnail-api/config';
import type { JobsDeps } from '@thumbnail-api/jobs';
import type { RendererPool } from './pool/renderer-pool.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** What the handlers work with. */
export interface WorkerDeps extends Omit<JobsDeps, 'store'> {
  renderers: Pick<RendererPool, 'render'>;
  limits: ImageLimits;
  metrics: WorkerMetrics;
  /** Aborted with {@link WorkerStopping} when runs shall be handed back. */
  ending: AbortSignal;
}

/** The worker ends before the run could. */
export class WorkerStopping extends Error {
  override readonly name = 'WorkerStopping';
}
