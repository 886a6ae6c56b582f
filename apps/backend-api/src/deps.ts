import type { ApiConfig } from '@thumbnail-api/config';
import type { JobEnds, JobsDeps } from '@thumbnail-api/jobs';
import type { DependencyWatch } from '@thumbnail-api/telemetry';
import type { UsageCounter } from './access/usage/usage-counter.ts';
import type { Paths } from './http/paths.ts';
import type { ApiMetrics } from './operations/api-metrics.ts';
import type { DependencyName } from './operations/dependency-checks.ts';

/** What the routes work with. */
export interface ApiDeps extends JobsDeps {
  config: Pick<
    ApiConfig,
    | 'access'
    | 'links'
    | 'corsOrigins'
    | 'allowedHosts'
    | 'upload'
    | 'batches'
    | 'images'
    | 'presets'
    | 'rateLimits'
    | 'bounds'
    | 'downloads'
    | 'metrics'
  >;
  ends: JobEnds;
  /** Counts what callers use, for the rate limits. */
  counter: UsageCounter;
  metrics: ApiMetrics;
  dependencies: DependencyWatch<DependencyName>;
  paths: Paths;
  /** True from the shutdown signal on: readiness then answers 503, and connections are closed after their response. */
  isDraining: () => boolean;
}
