import type { ApiConfig } from '@thumbnail-api/config';
import type { JobEnds, JobsDeps } from '@thumbnail-api/jobs';
import type { Counter } from './access/usage/usage-counter.ts';
import type { Paths } from './http/paths.ts';
import type { ApiMetrics } from './operations/api-metrics.ts';

/** What the routes work on. */
export interface ApiDeps extends JobsDeps {
  config: Pick<
    ApiConfig,
    | 'access'
    | 'links'
    | 'corsOrigins'
    | 'upload'
    | 'batches'
    | 'images'
    | 'presets'
    | 'rateLimits'
    | 'downloads'
    | 'metrics'
  >;
  ends: JobEnds;
  /** Counts what callers use. */
  counter: Counter;
  metrics: ApiMetrics;
  /** Where everything is found. */
  paths: Paths;
  /** True from the moment the process was told to end: readiness says no. */
  isDraining: () => boolean;
}
