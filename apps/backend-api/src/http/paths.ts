/** Every path of the API, once: routes are registered under them and links are built from them. */
export const paths = {
  entryPoint: '/',
  jobs: '/jobs',
  job: '/jobs/{id}',
  jobDownload: '/jobs/{id}/download',
  jobThumbnail: '/jobs/{id}/thumbnails/{name}',
  jobRetry: '/jobs/{id}/retry',
  jobOriginal: '/jobs/{id}/original',
  healthLive: '/health/live',
  healthCheck: '/health-check',
  healthReady: '/health/ready',
  documentation: '/swagger',
  openapi: '/docs',
} as const;

/** The name of a path in {@link paths}. */
export type PathName = keyof typeof paths;

/** Fills the parameters of a path; each value is encoded. */
export function fillPath(name: PathName, parameters: Record<string, string> = {}): string {
  return paths[name].replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(parameters[key] ?? ''));
}
