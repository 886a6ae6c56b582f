import type { ImageLimits } from '@thumbnail-api/config';
import type { JobsDeps } from '@thumbnail-api/jobs';
import type { RendererPool } from './renderers/pool.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** What the handlers work with. */
export interface WorkerDeps extends Omit<JobsDeps, 'store'> {
  renderers: Pick<RendererPool, 'render'>;
  limits: ImageLimits;
  metrics: WorkerMetrics;
  /** Aborted with {@link WorkerEnds} when runs shall be handed back. */
  ending: AbortSignal;
}

/** The worker ends before the run could. */
export class WorkerEnds extends Error {
  override readonly name = 'WorkerEnds';
}
