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

/** An address to listen on. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** The configuration of `bun start`. Each dependency is either the one that the environment names or an embedded one. */
export interface StandaloneConfig {
  /** Absolute path. */
  dataDirectory: string;
  api: ListenAddress;
  worker: ListenAddress;
  /** Base URL of links. Undefined: the address that the API listens on. */
  publicUrl: string | undefined;
  postgres: PostgresConfig | 'embedded';
  queue: QueueConfig;
  storage: StorageConfig;
}

/**
 * Reads {@link StandaloneConfig} from an environment, and validates the variables of the API and the worker too. Relative
 * directories are resolved against `workingDirectory`.
 *
 * `POSTGRES_HOST`, `REDIS_HOST` and `S3_BUCKET` each select an external service. A user or password alone does not: it
 * may be in a `.env` file that docker-compose reads too.
 *
 * @throws ConfigError with every issue at once, including incomplete settings of a service
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
      (env, report) => checkQueue({ ...env, QUEUE: env.QUEUE ?? (env.REDIS_HOST ? 'redis' : 'postgres') }, report),
      (env, report) => checkStorage(env.S3_BUCKET ? env : { ...env, STORAGE_DIR: env.STORAGE_DIR ?? './' }, report),
      (env, report) => {
        if (env.POSTGRES_SSL && !env.POSTGRES_HOST) report('POSTGRES_HOST', 'is required with POSTGRES_SSL=true');
        if (env.PORT && env.PORT === env.WORKER_PORT) report('WORKER_PORT', 'must differ from PORT');
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
