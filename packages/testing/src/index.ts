export { createDatabase, type TestDatabase } from './create-database.ts';
export { testEnvironment } from './environment.ts';
export { type Filling, fewOwner, fillTables } from './fill-tables.ts';
export { findFreePort } from './free-port.ts';
export { owned } from './owned.ts';
export type { Parts, TestPostgres } from './parts.ts';
export { drawQuarters, quarterColours } from './pictures.ts';
export { startS3 } from './start-s3.ts';
export { waitUntil } from './wait-until.ts';
