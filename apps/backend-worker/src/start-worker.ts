import { availableParallelism } from 'node:os';
import type { WorkerConfig } from '@thumbnail-api/config';
import { assertSchema } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { getInstallationId, type JobsDeps, keepCoverage, TurnCorrections } from '@thumbnail-api/jobs';
import {
  assertQueue,
  type Consumer,
  openConsumer,
  renderJobMessage,
  watchPublisher,
  watchQueue,
} from '@thumbnail-api/queue';
import { type ShutdownSignal, waitUntilAvailable } from '@thumbnail-api/resilience';
import { probeStore } from '@thumbnail-api/storage';
import { addDependencyGauge, addGauge, watchDependencies } from '@thumbnail-api/telemetry';
import { addBacklogGauge } from './add-backlog-gauge.ts';
import { addQueueFaultGauge } from './add-queue-fault-gauge.ts';
import type { WorkerDeps } from './deps.ts';
import { detectStall } from './detect-stall.ts';
import { makeThumbnails } from './make-thumbnails.ts';
import { openHealthServer } from './open-health-server.ts';
import { addPoolGauges } from './pool/add-pool-gauges.ts';
import type { RendererCommand } from './pool/renderer-command.ts';
import { openRendererPool } from './pool/renderer-pool.ts';
import { reportWalls } from './pool/report-walls.ts';
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
export type StartedWorker = NonNullable<Awaited<ReturnType<typeof startWorker>>>;

/**
 * Waits until the database and the queue are available, starts the renderers, and starts to take jobs. Its health is answered
 * from the beginning. `stopWorker` stops it.
 *
 * @returns null if shutdown was requested while it waited
 * @throws ConfigError if the renderers must be sandboxed and this machine has no sandbox
 * @throws Error if the database or the queue cannot be used; its message is one line that says what to do
 */
export async function startWorker(config: WorkerConfig, deps: WorkerRunDeps, shutdown: ShutdownSignal) {
  const { database, store, log } = deps;
  const walls = await reportWalls(config.render.sandbox, log);
  const metrics = createWorkerMetrics();
  const publisher = watchPublisher(deps.publisher, () => metrics.publishFailures.inc());
  const concurrency = config.concurrency ?? availableParallelism() + 1;
  let consumer: Consumer | undefined;
  const checks = {
    database: () => database.check(),
    databaseWrites: () => database.checkWrites(),
    queue: async () => {
      if (!consumer) throw new AppError('unavailable', 'The worker is starting.');
      await consumer.check();
    },
    storage: () => store.check(),
  };
  const dependencies = watchDependencies(checks, log);
  const health = openHealthServer(config.listen, {
    dependencies,
    isDraining: shutdown.isRequested,
    registry: metrics.registry,
    objectFaults: metrics.objectFaults,
    wrongTokens: metrics.wrongTokens,
    access: config.metrics,
  });
  let installationId = '';
  const assertUsable = async () => {
    await assertSchema(database);
    installationId = await getInstallationId(deps);
    await assertQueue(config, installationId, log);
  };
  await Promise.race([waitUntilAvailable(assertUsable, log, shutdown.isRequested), shutdown.requested]);
  if (shutdown.isRequested()) return null;
  const renderers = openRendererPool({
    size: concurrency,
    sharing: config.render.sharing,
    ...deps.renderer,
    renderTimeoutMs: config.render.timeoutMs,
    renderMemoryBytes: config.render.memoryBytes,
    onReplace: (reason) => metrics.rendererReplacements.inc({ reason }),
    onStarted: (seconds) => metrics.rendererStarts.observe(seconds),
    log,
  });
  const thumbnailDeps = { store, renderers, limits: config.images, renderTimeoutMs: config.render.timeoutMs };
  const stopping = new AbortController();
  const gate = new StoreGate({ probe: () => probeStore(store), onOutage: () => metrics.storageOutages.inc(), log });
  const turns = new TurnCorrections({ database, log });
  const handlerDeps: WorkerDeps = {
    database,
    publisher,
    gate,
    makeThumbnails: (job, signal) => makeThumbnails(thumbnailDeps, job, signal),
    turns,
    metrics,
    log,
    stopping: stopping.signal,
  };
  const jobs = new RunningJobs();
  consumer = openConsumer(config, {
    message: renderJobMessage,
    concurrency,
    handle: (payload) => jobs.run(() => deps.work(handlerDeps, payload)),
    log,
  });
  const { retentionDays, orphanDays, backupDays } = config;
  const settings = { retentionDays, orphanDays, backupDays };
  const sweeper = startSweeper({ database, publisher, store, log }, settings, metrics);
  const coverage = keepCoverage({ database, store, log });
  const watch = watchQueue(config, installationId, log);
  addQueueFaultGauge(metrics.registry, watch);
  const running = () => jobs.count;
  addPoolGauges(metrics.registry, { renderers, concurrency, running, walls });
  addBacklogGauge(metrics.registry, { database }, config);
  addGauge(metrics.registry, 'thumbnails_claims_paused', claimsPausedHelp, () => (gate.isClosed ? 1 : 0));
  addDependencyGauge(metrics.registry, dependencies);
  const countWaiting = async () => {
    // A queue that is known to be unavailable is no stall: a new process could not reach it either.
    await consumer?.check();
    return await publisher.countWaiting();
  };
  const stall = detectStall({ countWaiting, running, finished: () => jobs.finished });
  log.info({ concurrency, url: health.url.href }, 'worker started');
  const stoppable = { sweeper, coverage, gate, stall, watch, turns };
  return { database, store, log, publisher, renderers, stopping, jobs, consumer, health, ...stoppable };
}
