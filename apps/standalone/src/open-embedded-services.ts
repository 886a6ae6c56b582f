import { join } from 'node:path';
import type { Environment } from '@thumbnail-api/config';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';
import type { StandaloneConfig } from './read-standalone-config.ts';

/** The running embedded services, and the environment that makes the children use them. */
export interface EmbeddedServices {
  /** The caller's environment, with the embedded services added, for the API and the worker. */
  environment: Environment;
  /** The same for the migration: only it gets the role that owns the tables. */
  migration: Environment;
  /** Null if the caller named a Postgres. */
  postgres: EmbeddedPostgres | null;
  /** Shuts Postgres down cleanly. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts an embedded service for each dependency that the configuration does not name.
 *
 * @throws AppError `unavailable` if Postgres cannot be started
 */
export async function openEmbeddedServices(
  config: StandaloneConfig,
  environment: Environment,
  log: (line: string) => void,
): Promise<EmbeddedServices> {
  const { queue, storage } = config;
  const postgres =
    config.postgres === 'embedded'
      ? await openEmbeddedPostgres({ directory: join(config.dataDirectory, 'postgres'), log })
      : null;
  const migration = {
    ...environment,
    // No load balancer sends requests to this API, so Ctrl-C need not wait for one.
    ...(!environment.DRAIN_SECONDS && !environment.DRAIN_SECONDS_FILE && { DRAIN_SECONDS: '0' }),
    ...(postgres && postgresEnvironment(postgres)),
    ...(queue.kind === 'postgres' && { QUEUE: 'postgres' }),
    ...(storage.kind === 'filesystem' && { STORAGE_DIR: storage.directory, STORAGE_DIR_FILE: undefined }),
  };
  return {
    environment: { ...migration, ...withoutOwner },
    migration,
    postgres,
    close: async () => await postgres?.close(),
  };
}

/** Hides the role that owns the tables from the API, the worker and what they start. */
const withoutOwner: Environment = {
  POSTGRES_MIGRATE_USER: undefined,
  POSTGRES_MIGRATE_USER_FILE: undefined,
  POSTGRES_MIGRATE_PASSWORD: undefined,
  POSTGRES_MIGRATE_PASSWORD_FILE: undefined,
};

/** Each `NAME_FILE` is unset, because setting it together with `NAME` is an error. */
const postgresEnvironment = (postgres: EmbeddedPostgres): Environment => ({
  POSTGRES_HOST: postgres.host,
  POSTGRES_HOST_FILE: undefined,
  POSTGRES_PORT: String(postgres.port),
  POSTGRES_PORT_FILE: undefined,
  POSTGRES_DB: postgres.database,
  POSTGRES_DB_FILE: undefined,
  POSTGRES_USER: postgres.service.user,
  POSTGRES_USER_FILE: undefined,
  POSTGRES_PASSWORD: postgres.service.password,
  POSTGRES_PASSWORD_FILE: undefined,
  POSTGRES_MIGRATE_USER: postgres.user,
  POSTGRES_MIGRATE_USER_FILE: undefined,
  POSTGRES_MIGRATE_PASSWORD: postgres.password,
  POSTGRES_MIGRATE_PASSWORD_FILE: undefined,
  POSTGRES_SSL: 'false',
  POSTGRES_SSL_FILE: undefined,
});
