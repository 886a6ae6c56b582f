import type { ApiConfig } from '@thumbnail-api/config';
import { assertSchema } from '@thumbnail-api/db';
import { getInstallationId, type JobsDeps, keepCoverage, openJobEnds } from '@thumbnail-api/jobs';
import { assertQueue, watchPublisher } from '@thumbnail-api/queue';
import { type ShutdownSignal, shutDown, waitUntilAvailable } from '@thumbnail-api/resilience';
import { type Logger, watchDependencies } from '@thumbnail-api/telemetry';
import { openMemoryCounter } from './access/usage/memory-counter.ts';
import { openUsageCounter } from './access/usage/open-usage-counter.ts';
import type { UsageCounter } from './access/usage/usage-counter.ts';
import { warnAboutAccess } from './access/warn-about-access.ts';
import { createApp } from './app.ts';
import { paths } from './http/paths.ts';
import { createApiMetrics } from './operations/api-metrics.ts';
import { dependencyChecks } from './operations/dependency-checks.ts';

/** How often the dependencies are checked for the log, when neither readiness nor metrics are read. */
const watchPeriodMs = 10_000;
/** Uploads in progress when the port closes end by their own deadline; this is the time to answer and commit them. */
const requestsMarginMs = 2_000;

/** While a dependency is unavailable, the API listens after this time and answers 503. */
const listenAfterMs = 2_000;

/**
 * Serves the API until shutdown is requested. It listens when the database and the queue are verified, or while it waits for
 * one that is unavailable. At shutdown, readiness answers 503 at once; after the drain time the port closes, requests in
 * progress finish, and the dependencies are closed.
 *
 * @returns the exit status: 0 after an orderly shutdown, 1 when the database or the queue cannot be used (with one log line)
 */
export async function runApi(config: ApiConfig, shutdown: ShutdownSignal, dependencies: JobsDeps): Promise<number> {
  const { database, store, publisher, log } = dependencies;
  try {
    const assertUsable = async () => {
      await assertSchema(database);
      await assertQueue(config, await getInstallationId(dependencies), log);
      await warnAboutAccess(config, { database, log });
    };
    const usable = waitUntilAvailable(assertUsable, log, shutdown.isRequested);
    usable.catch(() => undefined);
    await Promise.race([usable, Bun.sleep(listenAfterMs)]);
    const ends = openJobEnds({ database, log });
    const metrics = createApiMetrics();
    const counter = openCounter(config, log, () => metrics.rateLimitFallbacks.inc());
    const watched = watchPublisher(publisher, () => metrics.publishFailures.inc());
    const watch = watchDependencies(dependencyChecks(dependencies), log);
    const app = createApp({
      config,
      ...dependencies,
      publisher: watched,
      ends,
      counter,
      metrics,
      dependencies: watch,
      paths,
      isDraining: shutdown.isRequested,
    });
    const server = Bun.serve({
      hostname: config.listen.host,
      port: config.listen.port,
      // With `development: false`, Bun lets several processes listen on one port, and each gets a part of the connections.
      reusePort: false,
      // Far above the limits of the app, so that the app answers first, with a problem.
      maxRequestBodySize: Math.max(config.upload.maxBytes, config.batches.maxBytes) * 4 + 64 * 1024 ** 2,
      idleTimeout: 60,
      // In development mode, Bun shows clients the source and paths of an error.
      development: false,
      // A request with an invalid Host header has no valid URL, so no route can handle it.
      fetch: (request, server) =>
        URL.canParse(request.url) ? app.fetch(request, { server }) : new Response(null, { status: 400 }),
    });
    const coverage = keepCoverage({ database, store, log });
    log.info({ url: server.url.href }, 'API listening');
    const watching = setInterval(() => watch.read(watchPeriodMs), watchPeriodMs);

    const failure = await Promise.race([shutdown.requested, whenUnusable(usable)]);
    if (failure && !shutdown.isRequested()) logFailure(log, failure.error);
    coverage.stop();
    clearInterval(watching);
    if (!failure) await Bun.sleep(config.listen.drainMs);
    const requestsDeadlineMs = config.upload.deadlineMs + requestsMarginMs;
    await shutDown(log, [
      { name: 'event streams', deadlineMs: 2_000, run: () => ends.close() },
      { name: 'requests', deadlineMs: requestsDeadlineMs, run: () => server.stop() },
      { name: 'queue', deadlineMs: 2_000, run: () => publisher.close() },
      { name: 'usage counter', deadlineMs: 1_000, run: () => counter.close() },
      { name: 'database', deadlineMs: 3_000, run: () => database.close() },
      { name: 'store', deadlineMs: 1_000, run: async () => store.close() },
    ]);
    return failure && !shutdown.isRequested() ? 1 : 0;
  } catch (error) {
    logFailure(log, error);
    return 1;
  }
}

/** Settles only if the database or the queue turns out to be unusable. */
const whenUnusable = (usable: Promise<void>): Promise<{ error: unknown }> =>
  new Promise((resolve) => usable.catch((error) => resolve({ error })));

const logFailure = (log: Logger, error: unknown) =>
  log.fatal({ error }, error instanceof Error ? error.message : 'API failed to start');

/** Without rate limits nothing is counted, so no shared counter is opened. */
function openCounter(config: ApiConfig, log: Logger, onFallback: () => void): UsageCounter {
  const { requests, bytes, renderSeconds, windowSeconds } = config.rateLimits;
  const windowMs = windowSeconds * 1_000;
  return requests + bytes + renderSeconds > 0
    ? openUsageCounter(config, { windowMs, log, onFallback })
    : openMemoryCounter(windowMs);
}
