/** Every path of the API, once: routes are registered under them and links are built from them. */
export const paths = {
  entryPoint: '/',
  jobs: '/jobs',
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

/** The paths as one value, which another may replace: no client may notice. */
export type Paths = typeof paths;

/** The name of a path in {@link paths}. */
export type PathName = keyof Paths;

/** A path as Hono writes it. */
export const toRoutePath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** Fills the parameters of a path; each value is encoded. */
export function fillPath(path: string, parameters: Record<string, string> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(parameters[key] ?? ''));
}
