import type { Database } from '@thumbnail-api/db';
import type { Publisher, RenderJobPayload } from '@thumbnail-api/queue';
import type { ObjectStore } from '@thumbnail-api/storage';
import type { Logger } from '@thumbnail-api/telemetry';

/** What the verbs work on; each takes the part of it that it uses. */
export interface JobsDeps {
  database: Database;
  store: ObjectStore;
  publisher: Publisher<RenderJobPayload>;
  log: Logger;
}
