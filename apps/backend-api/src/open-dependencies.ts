import type { ApiConfig } from '@thumbnail-api/config';
import { openDatabase } from '@thumbnail-api/db';
import { type JobsDeps, registerBeforePut, registerInstallation } from '@thumbnail-api/jobs';
import { openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { openStore } from '@thumbnail-api/storage';
import type { Logger } from '@thumbnail-api/telemetry';

/**
 * Opens the database, object store and queue of the API without connecting yet. The first upload registers this installation
 * in the bucket.
 */
export function openDependencies(config: ApiConfig, log: Logger): JobsDeps {
  const database = openDatabase(config.postgres);
  const unregistered = openStore(config.storage, config.downloads.publicEndpoint);
  const store = registerBeforePut(unregistered, () =>
    registerInstallation({ database, store: unregistered }, { uploadDeadlineMs: config.upload.deadlineMs }),
  );
  return { database, store, publisher: openPublisher(config, renderJobMessage, log), log };
}
