import { availableParallelism } from 'node:os';
import type { WorkerConfig } from '@thumbnail-api/config';
import { assertSchema } from '@thumbnail-api/db';
import { type JobsDeps, keepCoverage } from '@thumbnail-api/jobs';
import { assertQueue, openConsumer, renderJobMessage, watchPublisher } from '@thumbnail-api/queue';
import { probeStore } from '@thumbnail-api/storage';
import { addDependencyGauge, addGauge, watchDependencies } from '@thumbnail-api/telemetry';
import { addBacklogGauge } from './add-backlog-gauge.ts';
import type { WorkerDeps } from './deps.ts';
import { detectStall } from './detect-stall.ts';
import { openHealthServer } from './open-health-server.ts';
import { addPoolGauges } from './pool/add-pool-gauges.ts';
import type { RendererCommand } from './pool/renderer-command.ts';
import { openRendererPool } from './pool/renderer-pool.ts';
import { RunningJobs } from './running-jobs.ts';
import { startSweeper } from './start-sweeper.ts';
import { StoreGate } from './store-gate.ts';
import type { work } from './worker.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

/** The dependencies of a worker. */
export interface WorkerRunDeps extends JobsDeps {
  renderer: RendererCommand;
  work: typeof work;
}

const claimsPausedHelp = 'Whether the worker starts no jobs because the object store is unavailable.';

/** The running components of a worker. */
export type StartedWorker = Awaited<ReturnType<typeof startWorker>>;

/**
 * Checks the database and the queue, starts the renderers, and starts to take jobs. `stopWorker` stops it.
 *
 * @throws AppError if a dependency is unavailable or has another schema
 */
export async function startWorker(config: WorkerConfig, deps: WorkerRunDeps, isDraining: () => boolean) {
  const { database, store, log } = deps;
  const metrics = createWorkerMetrics();
  const publisher = watchPublisher(deps.publisher, () => metrics.publishFailures.inc());
  const concurrency = config.concurrency ?? availableParallelism() + 1;
  await assertSchema(database);
  await assertQueue(config, log);
  const renderers = openRendererPool({
    size: concurrency,
    ...deps.renderer,
    renderTimeoutMs: config.render.timeoutMs,
    renderMemoryBytes: config.render.memoryBytes,
    onReplace: (reason) => metrics.rendererReplacements.inc({ reason }),
    log,
  });
  const stopping = new AbortController();
  const gate = new StoreGate({ probe: () => probeStore(store), onOutage: () => metrics.storageOutages.inc(), log });
  const handlerDeps: WorkerDeps = {
    database,
    publisher,
    renderers,
    gate,
    limits: config.images,
    metrics,
    log,
    stopping: stopping.signal,
  };
  const jobs = new RunningJobs();
  const consumer = openConsumer(config, {
    message: renderJobMessage,
    concurrency,
    handle: (payload, context) => jobs.run(() => deps.work(handlerDeps, payload, context)),
    log,
  });
  const { retentionDays, orphanDays, backupDays } = config;
  const settings = { retentionDays, orphanDays, backupDays };
  const sweeper = startSweeper({ database, publisher, store, log }, settings, metrics);
  const coverage = keepCoverage({ database, store, log });
  const checks = {
    database: () => database.check(),
    databaseWrites: () => database.checkWrites(),
    queue: () => consumer.check(),
    storage: () => store.check(),
  };
  const dependencies = watchDependencies(checks, log);
  const running = () => jobs.count;
  addPoolGauges(metrics.registry, { renderers, concurrency, running });
  addBacklogGauge(metrics.registry, { database }, config);
  addGauge(metrics.registry, 'thumbnails_claims_paused', claimsPausedHelp, () => (gate.isClosed ? 1 : 0));
  addDependencyGauge(metrics.registry, dependencies);
  const health = openHealthServer(config.listen, {
    dependencies,
    isDraining,
    registry: metrics.registry,
    objectFaults: metrics.objectFaults,
    access: config.metrics,
  });
  const signs = { countWaiting: publisher.countWaiting, running, finished: () => jobs.finished };
  const stall = detectStall(signs);
  log.info({ concurrency, url: health.url.href }, 'worker started');
  return {
    database,
    store,
    log,
    publisher,
    renderers,
    gate,
    stopping,
    jobs,
    consumer,
    sweeper,
    coverage,
    health,
    stall,
  };
}
