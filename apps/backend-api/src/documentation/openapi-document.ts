import { imageMediaTypes } from '@thumbnail-api/image-probe';
import { shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { createApp } from '../app.ts';
import type { ApiDeps } from '../deps.ts';
import { paths } from '../http/paths.ts';
import { createApiMetrics } from '../operations/api-metrics.ts';

/** The server URL in the committed document. */
const base = 'http://localhost:8080';

/** The OpenAPI document that the API serves, as formatted JSON. Needs no dependencies: it requests only the document. */
export async function readOpenApiDocument(): Promise<string> {
  const config = {
    access: { auth: 'api-key', linkSecrets: [] },
    links: { publicUrl: base, trustProxyHops: 0, trustProxyHeader: 'x-forwarded' },
    corsOrigins: [],
    allowedHosts: [],
    upload: { maxBytes: 1, deadlineMs: 1, concurrency: 1 },
    batches: { maxFiles: 1, maxBytes: 1 },
    images: { types: imageMediaTypes, maxPixels: 1, maxOutputPixels: 1 },
    presets: shippedPresets,
    rateLimits: { requests: 0, bytes: 0, renderSeconds: 0, windowSeconds: 1 },
    bounds: { unfinishedJobs: 0, storedBytes: 0, eventStreams: 0 },
    downloads: { redirect: false, publicEndpoint: undefined },
    metrics: { token: undefined, isOpen: true },
  };
  const log = { child: () => ({ info: () => undefined }) };
  const metrics = createApiMetrics();
  const app = createApp({ config, paths, log, metrics, isDraining: () => false } as unknown as ApiDeps);
  const response = await app.request(`${base}${paths.openapi}`);
  return `${JSON.stringify(await response.json(), null, 2)}\n`;
}
