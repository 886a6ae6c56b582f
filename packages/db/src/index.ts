export { assertSchema } from './assert-schema.ts';
export type { Database, Executor, Transaction } from './database.ts';
export { CommitUnknown } from './database-error.ts';
export { grantService } from './grant-service.ts';
export { type MigrateOptions, migrateDatabase } from './migrate-database.ts';
export { openDatabase } from './open-database.ts';
export {
  apiKeys,
  batches,
  coverage,
  everybody,
  type ImageRow,
  idempotencyKeys,
  images,
  installation,
  type JobRow,
  type JobStatus,
  jobStatuses,
  jobs,
  type KeyScope,
  keyScopes,
  ownerStorage,
  ownerTurns,
  type RefusedFile,
  type SpecJson,
  sweepLeases,
  type ThumbnailRow,
  type Timings,
  thumbnails,
  usage,
} from './schema.ts';
export { addUsage, deletePastUsage, type KeyUsage } from './usage.ts';
