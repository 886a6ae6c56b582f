import type { Database } from '@thumbnail-api/db';
import type { Publisher, RenderJobPayload } from '@thumbnail-api/queue';
import type { ObjectStore } from '@thumbnail-api/storage';
import type { Logger } from '@thumbnail-api/telemetry';

/** The dependencies of this package; each function takes those that it uses. */
export interface JobsDeps {
  database: Database;
  store: ObjectStore;
  publisher: Publisher<RenderJobPayload>;
  log: Logger;
}
