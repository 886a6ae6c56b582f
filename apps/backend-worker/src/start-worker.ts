import { availableParallelism } from 'node:os';
import type { WorkerConfig } from '@thumbnail-api/config';
import { assertSchema } from '@thumbnail-api/db';
import type { JobsDeps } from '@thumbnail-api/jobs';
import { assertQueue, openConsumer, renderJobMessage, watchPublisher } from '@thumbnail-api/queue';
import { addDependencyGauge, watchDependencies } from '@thumbnail-api/telemetry';
import type { WorkerDeps } from './deps.ts';
import { detectStall } from './detect-stall.ts';
import { openHealthServer } from './open-health-server.ts';
import { addPoolGauges } from './pool/add-pool-gauges.ts';
import type { RendererCommand } from './pool/renderer-command.ts';
import { openRendererPool } from './pool/renderer-pool.ts';
import { RunningJobs } from './running-jobs.ts';
import { startSweeper } from './start-sweeper.ts';
import type { work } from './worker.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

/** The dependencies of a worker. */
export interface WorkerRunDeps extends JobsDeps {
  renderer: RendererCommand;
  work: typeof work;
}

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
  const handlerDeps: WorkerDeps = {
    database,
    publisher,
    renderers,
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
  const sweeper = startSweeper({ database, publisher, store, log }, { retentionDays: config.retentionDays }, metrics);
  const checks = {
    database: () => database.check(),
    databaseWrites: () => database.checkWrites(),
    queue: () => consumer.check(),
    storage: () => store.check(),
  };
  const dependencies = watchDependencies(checks, log);
  const running = () => jobs.count;
  addPoolGauges(metrics.registry, { renderers, concurrency, running });
  addDependencyGauge(metrics.registry, dependencies);
  const health = openHealthServer(config.listen, {
    dependencies,
    isDraining,
    registry: metrics.registry,
    access: config.metrics,
  });
  const signs = { countWaiting: publisher.countWaiting, running, finished: () => jobs.finished };
  const stall = detectStall(signs);
  log.info({ concurrency, url: health.url.href }, 'worker started');
  return { database, store, log, publisher, renderers, stopping, jobs, consumer, sweeper, health, stall };
}
