import type { ApiConfig } from '@thumbnail-api/config';
import type { JobEnds, JobsDeps } from '@thumbnail-api/jobs';
import type { Paths } from './http/paths.ts';

/** What the routes work on. */
export interface ApiDeps extends JobsDeps {
  config: Pick<ApiConfig, 'access' | 'links' | 'corsOrigins' | 'upload' | 'batches' | 'images' | 'presets'>;
  ends: JobEnds;
  /** Where everything is found. */
  paths: Paths;
  /** True from the moment the process was told to end: readiness says no. */
  isDraining: () => boolean;
}
