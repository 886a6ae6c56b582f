import { resolve } from 'node:path';
import {
  apiConfig,
  checkDownload,
  checkQueue,
  checkRateLimits,
  checkStorage,
  defineConfig,
  type Environment,
  host,
  loadConfig,
  type PostgresConfig,
  type QueueConfig,
  type StorageConfig,
  standaloneVariables,
  toPostgresConfig,
  toQueueConfig,
  toStorageConfig,
  workerConfig,
} from '@thumbnail-api/config';

/** Where something listens. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** What one command starts: each part is the named one, or the embedded one. */
export interface StandaloneConfig {
  /** Absolute. */
  dataDirectory: string;
  api: ListenAddress;
  worker: ListenAddress;
  /** What clients call the API; absent, the address it listens at. */
  publicUrl: string | undefined;
  postgres: PostgresConfig | 'embedded';
  queue: QueueConfig;
  storage: StorageConfig;
}

/**
 * Reads {@link StandaloneConfig} from an environment, which is checked for the API and the worker as well; a relative
 * directory counts from `workingDirectory`.
 *
 * `POSTGRES_HOST`, `REDIS_HOST` and `S3_BUCKET` decide. A user or a password alone names nothing: it may stand in a
 * `.env` that compose reads too.
 *
 * @throws ConfigError with the faults of all parts at once; a part that is half named is one
 */
export function readStandaloneConfig(environment: Environment, workingDirectory: string): StandaloneConfig {
  const definition = defineConfig({
    variables: {
      ...apiConfig.variables,
      ...workerConfig.variables,
      ...standaloneVariables,
      POSTGRES_HOST: host().optional(),
    },
    checks: [
      checkDownload,
      checkRateLimits,
      (env, fault) => checkQueue({ ...env, QUEUE: env.QUEUE ?? (env.REDIS_HOST ? 'redis' : 'postgres') }, fault),
      (env, fault) => checkStorage(env.S3_BUCKET ? env : { ...env, STORAGE_DIR: env.STORAGE_DIR ?? './' }, fault),
      (env, fault) => {
        if (env.POSTGRES_SSL && !env.POSTGRES_HOST) fault('POSTGRES_HOST', 'is needed with POSTGRES_SSL=true');
        if (env.PORT && env.PORT === env.WORKER_PORT) fault('WORKER_PORT', 'is the same as PORT');
      },
    ],
    build: ({ POSTGRES_HOST, STORAGE_DIR, ...env }): StandaloneConfig => {
      const dataDirectory = resolve(workingDirectory, env.DATA_DIR);
      const objectsDirectory = resolve(workingDirectory, STORAGE_DIR ?? `${dataDirectory}/objects`);
      return {
        dataDirectory,
        api: { host: env.HOST, port: env.PORT },
        worker: { host: env.WORKER_HOST, port: env.WORKER_PORT },
        publicUrl: env.PUBLIC_URL,
        postgres: POSTGRES_HOST ? toPostgresConfig({ ...env, POSTGRES_HOST }) : 'embedded',
        queue: toQueueConfig(env),
        storage: toStorageConfig({ ...env, STORAGE_DIR: objectsDirectory }),
      };
    },
  });
  return loadConfig(definition, environment);
}
