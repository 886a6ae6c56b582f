import { Counter, createRegistry, Gauge, Histogram, ObjectFaults, type Registry } from '@thumbnail-api/telemetry';

/** The metrics of the API. No label holds an id, an address, a key or a path. */
export type ApiMetrics = ReturnType<typeof createApiMetrics>;

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Creates the metrics of one API process in a registry of their own. */
export function createApiMetrics() {
  const registry: Registry = createRegistry();
  const registers = [registry];
  const metrics = {
    registry,
    requests: new Counter({
      name: 'thumbnails_http_requests_total',
      help: 'HTTP requests.',
      labelNames: ['operation', 'method', 'status'],
      registers,
    }),
    durations: new Histogram({
      name: 'thumbnails_http_request_duration_seconds',
      help: 'Time until the response headers are sent.',
      labelNames: ['operation', 'method'],
      buckets: seconds,
      registers,
    }),
    uploadBytes: new Counter({
      name: 'thumbnails_upload_bytes_total',
      help: 'Upload bytes received.',
      registers,
    }),
    jobsCreated: new Counter({ name: 'thumbnails_jobs_created_total', help: 'Jobs created.', registers }),
    eventStreams: new Gauge({ name: 'thumbnails_event_streams_open', help: 'Open event streams.', registers }),
    rateLimited: new Counter({
      name: 'thumbnails_rate_limited_total',
      help: 'Requests rejected with 429.',
      labelNames: ['by', 'what'],
      registers,
    }),
    wrongTokens: new Counter({
      name: 'thumbnails_wrong_tokens_total',
      help: 'API keys, metrics tokens and signatures of links that were not valid.',
      labelNames: ['kind'],
      registers,
    }),
    rateLimitFallbacks: new Counter({
      name: 'thumbnails_rate_limit_fallbacks_total',
      help: 'Uses counted in process memory because the shared counter was unavailable.',
      registers,
    }),
    publishFailures: new Counter({
      name: 'thumbnails_publish_failures_total',
      help: 'Messages that could not be published; the sweep publishes them later.',
      registers,
    }),
    objectFaults: new ObjectFaults(registry),
  };
  // Start each series at 0: `increase` misses the first event of a series that starts at 1.
  for (const by of ['address', 'owner'])
    for (const what of ['requests', 'bytes', 'rendering']) metrics.rateLimited.inc({ by, what }, 0);
  metrics.rateLimited.inc({ by: 'address', what: 'tokens' }, 0);
  for (const kind of ['key', 'metrics', 'link']) metrics.wrongTokens.inc({ kind }, 0);
  return metrics;
}
