import type { ImageLimits } from '@thumbnail-api/config';
import type { JobsDeps } from '@thumbnail-api/jobs';
import type { RendererPool } from './renderers/pool.ts';

/** What the handlers work with. */
export interface WorkerDeps extends Omit<JobsDeps, 'store'> {
  renderers: Pick<RendererPool, 'render'>;
  limits: ImageLimits;
}
