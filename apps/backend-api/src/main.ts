import { apiConfig, loadConfigOrExit } from '@thumbnail-api/config';
import { assertSchema, openDatabase } from '@thumbnail-api/db';
import { openJobEnds, registerBeforePut, registerInstallation } from '@thumbnail-api/jobs';
import { openPublisher, renderJob } from '@thumbnail-api/queue';
import { openStore } from '@thumbnail-api/storage';
import { createLogger, onceTold, shutDown } from '@thumbnail-api/telemetry';
import { createApp } from './app.ts';
import { paths } from './http/paths.ts';

const config = loadConfigOrExit(apiConfig, process.env);
const log = createLogger('api', config.logLevel);
const told = onceTold(log);

const database = openDatabase(config.postgres);
const bucket = openStore(config.storage);
const store = registerBeforePut(bucket, () =>
  registerInstallation({ database, store: bucket }, { uploadDeadlineMs: config.upload.deadlineMs }),
);
const publisher = openPublisher(config, renderJob, log);

try {
  await assertSchema(database);
  const ends = openJobEnds({ database, log });
  const app = createApp({ config, database, store, publisher, log, ends, paths, isDraining: told.isTold });
  const server = Bun.serve({
    hostname: config.listen.host,
    port: config.listen.port,
    // Far above the app's own limit, so that the app answers first and with a problem.
    maxRequestBodySize: Math.max(config.upload.maxBytes, config.batches.maxBytes) * 4 + 64 * 1024 ** 2,
    idleTimeout: 60,
    fetch: (request, server) => app.fetch(request, { server }),
  });
  log.info({ url: server.url.href }, 'the API listens');

  await told.signal;
  await shutDown(log, [
    { name: 'listeners', deadlineMs: 2_000, run: () => ends.close() },
    { name: 'requests', deadlineMs: 10_000, run: () => server.stop() },
    { name: 'queue', deadlineMs: 2_000, run: () => publisher.close() },
    { name: 'database', deadlineMs: 3_000, run: () => database.close() },
    { name: 'store', deadlineMs: 1_000, run: async () => store.close() },
  ]);
  process.exit(0);
} catch (error) {
  log.fatal({ error }, error instanceof Error ? error.message : 'the API could not start');
  process.exit(1);
}
