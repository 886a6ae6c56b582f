export { assertSchema } from './assert-schema.ts';
export { CommitUnknown, type Database, type Executor, openDatabase, type Transaction } from './database.ts';
export { migrateDatabase } from './migrate-database.ts';
export {
  apiKeys,
  batches,
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
  type RefusedFile,
  type SpecJson,
  sweepLeases,
  type ThumbnailRow,
  type Timings,
  thumbnails,
  usage,
} from './schema.ts';
export { addUsage, deletePastUsage, type KeyUsage } from './usage.ts';
