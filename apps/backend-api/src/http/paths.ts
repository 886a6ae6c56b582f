/** Every path of the API. Routes and links are both built from this table. */
export const paths = {
  entryPoint: '/',
  jobs: '/jobs',
  jobsRetry: '/jobs/retry',
  job: '/jobs/{id}',
  jobDownload: '/jobs/{id}/download',
  jobThumbnail: '/jobs/{id}/thumbnails/{name}',
  jobRetry: '/jobs/{id}/retry',
  jobOriginal: '/jobs/{id}/original',
  jobEvents: '/jobs/{id}/events',
  image: '/images/{id}',
  imageOriginal: '/images/{id}/original',
  imageJobs: '/images/{id}/jobs',
  batches: '/batches',
  batch: '/batches/{id}',
  batchRetry: '/batches/{id}/retry',
  batchEvents: '/batches/{id}/events',
  batchZip: '/batches/{id}/zip',
  problem: '/problems/{code}',
  healthLive: '/health/live',
  healthCheck: '/health-check',
  healthReady: '/health/ready',
  metrics: '/metrics',
  documentation: '/swagger',
  openapi: '/docs',
};

/** The table of paths. A test replaces it, to prove that clients depend on no path but `/`. */
export type Paths = typeof paths;

/** The name of a path in {@link paths}. */
export type PathName = keyof Paths;

/** Converts a path to Hono's syntax: `{id}` becomes `:id`. */
export const toRoutePath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** Replaces the parameters of a path with their values, URL-encoded. */
export function fillPath(path: string, parameters: Record<string, string> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(parameters[key] ?? ''));
}
