import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadConfigOrExit, storageVariables, workerConfig } from '@thumbnail-api/config';
import { assertSchema, openDatabase } from '@thumbnail-api/db';
import { openConsumer, openPublisher, renderJob } from '@thumbnail-api/queue';
import { openStore } from '@thumbnail-api/storage';
import { createLogger, onceTold, shutDown } from '@thumbnail-api/telemetry';
import type { WorkerDeps } from './deps.ts';
import { startSweep } from './handlers/sweep.ts';
import { openHealthServer } from './health-server.ts';
import { openRendererPool } from './renderers/pool.ts';
import { work } from './worker.ts';

const config = loadConfigOrExit(workerConfig, process.env);
const log = createLogger('worker', config.logLevel);
const told = onceTold(log);
const concurrency = config.concurrency ?? availableParallelism();

/** A renderer sees the object store and nothing else. */
const rendererEnvironment = Object.fromEntries(
  Object.keys(storageVariables)
    .flatMap((name) => [name, `${name}_FILE`])
    .flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
);

const database = openDatabase(config.postgres);
const store = openStore(config.storage);
const publisher = openPublisher(config, renderJob, log);

try {
  await assertSchema(database);
  const renderers = openRendererPool({
    size: concurrency,
    command: [process.execPath, '--no-env-file', fileURLToPath(new URL('./renderer/main.ts', import.meta.url))],
    environment: rendererEnvironment,
    renderTimeoutMs: config.render.timeoutMs,
    renderMemoryBytes: config.render.memoryBytes,
    log,
  });
  const deps: WorkerDeps = { database, publisher, renderers, limits: config.images, log };
  const consumer = openConsumer(config, {
    message: renderJob,
    concurrency,
    handle: (payload) => work(deps, payload),
    log,
  });
  const sweep = startSweep({ database, publisher, store, log }, { retentionDays: config.retentionDays });
  const health = openHealthServer(
    config.listen,
    { database: () => database.check(), queue: () => consumer.check(), storage: () => store.check() },
    told.isTold,
  );
  log.info({ concurrency, url: health.url.href }, 'the worker takes jobs');

  await told.signal;
  sweep.stop();
  await shutDown(log, [
    { name: 'jobs', deadlineMs: 12_000, run: () => consumer.close() },
    { name: 'renderers', deadlineMs: 2_000, run: () => renderers.close() },
    { name: 'queue', deadlineMs: 2_000, run: () => publisher.close() },
    { name: 'database', deadlineMs: 3_000, run: () => database.close() },
    { name: 'health', deadlineMs: 1_000, run: () => health.stop(true) },
  ]);
  store.close();
  process.exit(0);
} catch (error) {
  log.fatal({ error }, error instanceof Error ? error.message : 'the worker could not start');
  process.exit(1);
}
