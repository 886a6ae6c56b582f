import type { ApiConfig } from '@thumbnail-api/config';
import { assertSchema } from '@thumbnail-api/db';
import { type JobsDeps, openJobEnds } from '@thumbnail-api/jobs';
import { assertQueue, watchPublisher } from '@thumbnail-api/queue';
import { type ShutdownSignal, shutDown } from '@thumbnail-api/resilience';
import type { Logger } from '@thumbnail-api/telemetry';
import { openMemoryCounter } from './access/usage/memory-counter.ts';
import { openCounter } from './access/usage/open-counter.ts';
import type { Counter } from './access/usage/usage-counter.ts';
import { warnAboutAccess } from './access/warn-about-access.ts';
import { createApp } from './app.ts';
import { paths } from './http/paths.ts';
import { createApiMetrics } from './operations/api-metrics.ts';

/**
 * Listens until it is told to end, then ends in phases: readiness says no, requests are finished, the parts are let go of.
 *
 * @returns the exit status: 0 after an orderly end, 1 with one line in the log when it could not start
 */
export async function runApi(config: ApiConfig, shutdown: ShutdownSignal, parts: JobsDeps): Promise<number> {
  const { database, store, publisher, log } = parts;
  try {
    await assertSchema(database);
    await assertQueue(config, log);
    await warnAboutAccess(config, { database, log });
    const ends = openJobEnds({ database, log });
    const metrics = createApiMetrics();
    const counter = openUsage(config, log, () => metrics.rateLimitFallbacks.inc());
    const watched = watchPublisher(publisher, () => metrics.publishFailures.inc());
    const app = createApp({
      config,
      ...parts,
      publisher: watched,
      ends,
      counter,
      metrics,
      paths,
      isDraining: shutdown.isRequested,
    });
    const server = Bun.serve({
      hostname: config.listen.host,
      port: config.listen.port,
      // Far above the app's own limit, so that the app answers first and with a problem.
      maxRequestBodySize: Math.max(config.upload.maxBytes, config.batches.maxBytes) * 4 + 64 * 1024 ** 2,
      idleTimeout: 60,
      // Else Bun shows whoever asks what it knows of an error: source and paths.
      development: false,
      // Without a usable Host there is no URL, and no path that a route could rely on.
      fetch: (request, server) =>
        URL.canParse(request.url) ? app.fetch(request, { server }) : new Response(null, { status: 400 }),
    });
    log.info({ url: server.url.href }, 'the API listens');

    await shutdown.requested;
    await shutDown(log, [
      { name: 'listeners', deadlineMs: 2_000, run: () => ends.close() },
      { name: 'requests', deadlineMs: 10_000, run: () => server.stop() },
      { name: 'queue', deadlineMs: 2_000, run: () => publisher.close() },
      { name: 'counts', deadlineMs: 1_000, run: () => counter.close() },
      { name: 'database', deadlineMs: 3_000, run: () => database.close() },
      { name: 'store', deadlineMs: 1_000, run: async () => store.close() },
    ]);
    return 0;
  } catch (error) {
    log.fatal({ error }, error instanceof Error ? error.message : 'the API could not start');
    return 1;
  }
}

/** Where nothing is limited nothing is counted, and no connection is needed for it. */
function openUsage(config: ApiConfig, log: Logger, onFallback: () => void): Counter {
  const { requests, bytes, windowSeconds } = config.rateLimits;
  const windowMs = windowSeconds * 1_000;
  return requests + bytes > 0 ? openCounter(config, { windowMs, log, onFallback }) : openMemoryCounter(windowMs);
}
