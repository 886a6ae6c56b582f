export { findRunningPostgres, type RunningPostgres } from './find-running-postgres.ts';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, openEmbeddedPostgres } from './open-embedded-postgres.ts';
