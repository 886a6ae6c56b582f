import { join } from 'node:path';
import type { Environment } from '@thumbnail-api/config';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';
import type { StandaloneConfig } from './read-standalone-config.ts';

/** The embedded parts that run, and how the children are told of them. */
export interface EmbeddedServices {
  /** The caller's environment with each embedded part named in it. */
  environment: Environment;
  /** Null where a Postgres was named. */
  postgres: EmbeddedPostgres | null;
  /** Stops what was started, losing nothing. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the parts that are not named and names them for the children.
 *
 * @throws AppError `unavailable` when Postgres cannot be started
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
  return {
    environment: {
      ...environment,
      ...(postgres && namePostgres(postgres)),
      ...(queue.kind === 'postgres' && { QUEUE: 'postgres' }),
      ...(storage.kind === 'filesystem' && { STORAGE_DIR: storage.directory, STORAGE_DIR_FILE: undefined }),
    },
    postgres,
    close: async () => await postgres?.close(),
  };
}

const namePostgres = (postgres: EmbeddedPostgres): Environment => ({
  POSTGRES_HOST: postgres.host,
  POSTGRES_PORT: String(postgres.port),
  POSTGRES_DB: postgres.database,
  POSTGRES_USER: postgres.user,
  POSTGRES_PASSWORD: postgres.password,
  POSTGRES_SSL: 'false',
  ...withoutFiles,
});

const withoutFiles: Environment = {
  POSTGRES_HOST_FILE: undefined,
  POSTGRES_PORT_FILE: undefined,
  POSTGRES_DB_FILE: undefined,
  POSTGRES_USER_FILE: undefined,
  POSTGRES_PASSWORD_FILE: undefined,
  POSTGRES_SSL_FILE: undefined,
};
