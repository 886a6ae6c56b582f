import { z } from 'zod';
import { type ImageLimits, imageVariables, toImageLimits } from './image-variables.ts';
import { defineConfig } from './load-config.ts';
import { logVariables } from './log-variables.ts';
import { type PostgresConfig, postgresVariables, toPostgresConfig } from './postgres-variables.ts';
import { checkQueue, type QueueConfig, queueVariables, toQueueConfig } from './queue-variables.ts';
import { checkStorage, type StorageConfig, storageVariables, toStorageConfig } from './storage-variables.ts';
import { port, wholeNumber } from './variables.ts';

/** The variables of the worker alone. */
export const workerVariables = {
  WORKER_PORT: port().default(8181).meta({ description: "Port of the worker's health and metrics." }),
  WORKER_HOST: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'Address they listen on; the containers set 0.0.0.0.' }),
  WORKER_CONCURRENCY: wholeNumber(1, 256)
    .optional()
    .meta({ description: 'Jobs at work at a time, each in a renderer of its own; left out, one per core.' }),
  RENDER_TIMEOUT_SECONDS: wholeNumber(1, 600)
    .default(30)
    .meta({ description: 'How long one job may keep a renderer.' }),
  RENDER_MEMORY_BYTES: wholeNumber(64 * 1024 ** 2, 64 * 1024 ** 3)
    .default(480 * 1024 ** 2)
    .meta({ description: 'How much memory one renderer may use, in bytes.' }),
  RETENTION_DAYS: wholeNumber(0, 36_500)
    .default(0)
    .meta({ description: 'Days after which a job that has ended is erased, with its image; 0 keeps everything.' }),
};

/** What the worker is told at its start. */
export interface WorkerConfig {
  listen: { host: string; port: number };
  /** Absent: one per core. */
  concurrency: number | undefined;
  render: { timeoutMs: number; memoryBytes: number };
  images: ImageLimits;
  /** 0 keeps every job. */
  retentionDays: number;
  postgres: PostgresConfig;
  queue: QueueConfig;
  storage: StorageConfig;
  logLevel: z.output<typeof logVariables.LOG_LEVEL>;
}

/** Reads {@link WorkerConfig} from an environment. */
export const workerConfig = defineConfig({
  variables: {
    ...workerVariables,
    ...imageVariables,
    ...postgresVariables,
    ...queueVariables,
    ...storageVariables,
    ...logVariables,
  },
  checks: [checkQueue, checkStorage],
  build: (environment): WorkerConfig => ({
    listen: { host: environment.WORKER_HOST, port: environment.WORKER_PORT },
    concurrency: environment.WORKER_CONCURRENCY,
    render: {
      timeoutMs: environment.RENDER_TIMEOUT_SECONDS * 1_000,
      memoryBytes: environment.RENDER_MEMORY_BYTES,
    },
    images: toImageLimits(environment),
    retentionDays: environment.RETENTION_DAYS,
    postgres: toPostgresConfig(environment),
    queue: toQueueConfig(environment),
    storage: toStorageConfig(environment),
    logLevel: environment.LOG_LEVEL,
  }),
});
