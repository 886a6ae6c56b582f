import { Counter, createRegistry, Gauge, Histogram, type Registry } from '@thumbnail-api/telemetry';

/** What the API counts. No label holds an id, an address, a key or a path. */
export type ApiMetrics = ReturnType<typeof createApiMetrics>;

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Makes the instruments of one API, all at nothing. */
export function createApiMetrics() {
  const registry: Registry = createRegistry();
  const registers = [registry];
  const metrics = {
    registry,
    requests: new Counter({
      name: 'thumbnails_http_requests_total',
      help: 'Requests that were answered.',
      labelNames: ['operation', 'method', 'status'],
      registers,
    }),
    durations: new Histogram({
      name: 'thumbnails_http_request_duration_seconds',
      help: 'Time until the head of the answer.',
      labelNames: ['operation', 'method'],
      buckets: seconds,
      registers,
    }),
    uploadBytes: new Counter({
      name: 'thumbnails_upload_bytes_total',
      help: 'Bytes of uploads that arrived.',
      registers,
    }),
    jobsCreated: new Counter({ name: 'thumbnails_jobs_created_total', help: 'Jobs that were accepted.', registers }),
    eventStreams: new Gauge({ name: 'thumbnails_event_streams_open', help: 'Event streams that are open.', registers }),
    rateLimited: new Counter({
      name: 'thumbnails_rate_limited_total',
      help: 'Requests that were answered with 429.',
      labelNames: ['by', 'what'],
      registers,
    }),
    rateLimitFallbacks: new Counter({
      name: 'thumbnails_rate_limit_fallbacks_total',
      help: 'Counts that the memory of the process kept, since the shared one did not answer.',
      registers,
    }),
    publishFailures: new Counter({
      name: 'thumbnails_publish_failures_total',
      help: 'Messages that the queue did not take; the sweep publishes them.',
      registers,
    }),
  };
  // A series that begins with its first event hides that event from `increase`.
  for (const by of ['address', 'owner'])
    for (const what of ['requests', 'bytes']) metrics.rateLimited.inc({ by, what }, 0);
  return metrics;
}
