import type { WorkerConfig } from '@thumbnail-api/config';
import { openDatabase } from '@thumbnail-api/db';
import type { JobsDeps } from '@thumbnail-api/jobs';
import { openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { openStore } from '@thumbnail-api/storage';
import type { Logger } from '@thumbnail-api/telemetry';

/** No client waits here: a queue that is only slow shall take what the sweep has for it. */
const publishDeadlineMs = 3_000;

/** Opens what the worker works on; nothing is asked of any of it yet. */
export const openDependencies = (config: WorkerConfig, log: Logger): JobsDeps => ({
  database: openDatabase(config.postgres),
  store: openStore(config.storage),
  publisher: openPublisher(config, renderJobMessage, log, publishDeadlineMs),
  log,
});
