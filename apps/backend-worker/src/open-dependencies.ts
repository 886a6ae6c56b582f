import type { WorkerConfig } from '@thumbnail-api/config';
import { openDatabase } from '@thumbnail-api/db';
import type { JobsDeps } from '@thumbnail-api/jobs';
import { openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { openStore } from '@thumbnail-api/storage';
import type { Logger } from '@thumbnail-api/telemetry';

/** Longer than the API's, since no client waits: a slow queue must still accept what the sweep publishes. */
const publishDeadlineMs = 3_000;

/** Opens the worker's dependencies without contacting any of them. */
export const openDependencies = (config: WorkerConfig, log: Logger): JobsDeps => ({
  database: openDatabase(config.postgres),
  store: openStore(config.storage),
  publisher: openPublisher(config, renderJobMessage, log, publishDeadlineMs),
  log,
});
