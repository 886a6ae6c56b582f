import { availableParallelism } from 'node:os';
import type { WorkerConfig } from '@thumbnail-api/config';
import { assertSchema } from '@thumbnail-api/db';
import type { JobsDeps } from '@thumbnail-api/jobs';
import { assertQueue, openConsumer, renderJobMessage, watchPublisher } from '@thumbnail-api/queue';
import { type ShutdownSignal, shutDown } from '@thumbnail-api/resilience';
import { addDependencyGauge } from '@thumbnail-api/telemetry';
import { type WorkerDeps, WorkerStopping } from './deps.ts';
import { detectStall } from './detect-stall.ts';
import { openHealthServer } from './health-server.ts';
import { addPoolGauges } from './pool/pool-gauges.ts';
import { openRendererPool } from './pool/renderer-pool.ts';
import type { RendererCommand } from './pool/start-renderer.ts';
import { trackRunningJobs } from './running-jobs.ts';
import { startSweeper } from './sweeper.ts';
import type { work } from './worker.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

/** What a worker is made of. */
export interface WorkerRunDeps extends JobsDeps {
  renderer: RendererCommand;
  work: typeof work;
}

/** How long running jobs may go on after the order to end; then they are handed back. */
const finishDeadlineMs = 8_000;
const handBackDeadlineMs = 4_000;

/**
 * Takes jobs until it is told to end, then ends in phases: readiness says no, running jobs are finished or handed back,
 * the parts are let go of.
 *
 * @returns the exit status: 0 after an orderly end; 1 with one line in the log when it could not start, or when it found
 *   itself stuck while work waits
 */
export async function runWorker(config: WorkerConfig, shutdown: ShutdownSignal, parts: WorkerRunDeps): Promise<number> {
  const { database, store, log } = parts;
  const metrics = createWorkerMetrics();
  const publisher = watchPublisher(parts.publisher, () => metrics.publishFailures.inc());
  const concurrency = config.concurrency ?? availableParallelism() + 1;
  try {
    await assertSchema(database);
    await assertQueue(config, log);
    const renderers = openRendererPool({
      size: concurrency,
      ...parts.renderer,
      renderTimeoutMs: config.render.timeoutMs,
      renderMemoryBytes: config.render.memoryBytes,
      onReplace: (reason) => metrics.rendererReplacements.inc({ reason }),
      log,
    });
    const ending = new AbortController();
    const deps: WorkerDeps = {
      database,
      publisher,
      renderers,
      limits: config.images,
      metrics,
      log,
      ending: ending.signal,
    };
    const atWork = trackRunningJobs();
    const consumer = openConsumer(config, {
      message: renderJobMessage,
      concurrency,
      handle: (payload, context) => atWork.count(() => parts.work(deps, payload, context)),
      log,
    });
    const sweep = startSweeper({ database, publisher, store, log }, { retentionDays: config.retentionDays }, metrics);
    const checks = {
      database: () => database.check(),
      queue: () => consumer.check(),
      storage: () => store.check(),
    };
    addPoolGauges(metrics.registry, { renderers, concurrency, atWork: atWork.size });
    addDependencyGauge(metrics.registry, checks);
    const facts = { checks, isDraining: shutdown.isRequested, registry: metrics.registry, access: config.metrics };
    const health = openHealthServer(config.listen, facts);
    const stuck = Promise.withResolvers<'stuck'>();
    const signs = { countWaiting: publisher.countWaiting, atWork: atWork.size, ended: atWork.ended };
    const watch = detectStall(signs, () => stuck.resolve('stuck'));
    log.info({ concurrency, url: health.url.href }, 'the worker takes jobs');

    const end = await Promise.race([shutdown.requested, stuck.promise]);
    if (end) log.fatal('work waits and none of it arrives here: ending, to be started again');
    watch.stop();
    sweep.stop();
    const closing = consumer.close();
    closing.catch(() => undefined);
    await shutDown(log, [
      { name: 'jobs', deadlineMs: finishDeadlineMs, run: () => atWork.drained() },
      {
        name: 'hand back',
        deadlineMs: handBackDeadlineMs,
        run: () => {
          ending.abort(new WorkerStopping('the worker ends'));
          return atWork.drained();
        },
      },
      { name: 'messages', deadlineMs: 1_000, run: () => closing },
      { name: 'renderers', deadlineMs: 2_000, run: () => renderers.close() },
      { name: 'queue', deadlineMs: 1_000, run: () => publisher.close() },
      { name: 'database', deadlineMs: 2_500, run: () => database.close() },
      { name: 'health', deadlineMs: 500, run: () => health.stop(true) },
    ]);
    store.close();
    return end ? 1 : 0;
  } catch (error) {
    log.fatal({ error }, error instanceof Error ? error.message : 'the worker could not start');
    return 1;
  }
}
