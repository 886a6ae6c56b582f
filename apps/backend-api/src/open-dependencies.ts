import type { ApiConfig } from '@thumbnail-api/config';
import { openDatabase } from '@thumbnail-api/db';
import { type JobsDeps, registerBeforePut, registerInstallation } from '@thumbnail-api/jobs';
import { openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { openStore } from '@thumbnail-api/storage';
import type { Logger } from '@thumbnail-api/telemetry';

/** Opens what the API works on; nothing is asked of any of it yet. The first upload writes whose bucket it is. */
export function openDependencies(config: ApiConfig, log: Logger): JobsDeps {
  const database = openDatabase(config.postgres);
  const bucket = openStore(config.storage, config.downloads.publicEndpoint);
  const store = registerBeforePut(bucket, () =>
    registerInstallation({ database, store: bucket }, { uploadDeadlineMs: config.upload.deadlineMs }),
  );
  return { database, store, publisher: openPublisher(config, renderJobMessage, log), log };
}
