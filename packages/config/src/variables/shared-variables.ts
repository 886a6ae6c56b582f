import type { z } from 'zod';
import type { Values } from '../load-config.ts';
import { type ImageLimits, imageVariables, toImageLimits } from './image-variables.ts';
import { logVariables } from './log-variables.ts';
import { type MetricsAccess, metricsVariables, toMetricsAccess } from './metrics-variables.ts';
import { type PostgresConfig, postgresVariables, toPostgresConfig } from './postgres-variables.ts';
import { checkQueue, type QueueConfig, queueVariables, toQueueConfig } from './queue-variables.ts';
import { checkStorage, type StorageConfig, storageVariables, toStorageConfig } from './storage-variables.ts';

/** The configuration that the API and the worker share. */
export interface SharedConfig {
  images: ImageLimits;
  postgres: PostgresConfig;
  queue: QueueConfig;
  storage: StorageConfig;
  metrics: MetricsAccess;
  logLevel: z.output<typeof logVariables.LOG_LEVEL>;
}

/** The variables that the API and the worker share. */
export const sharedVariables = {
  ...imageVariables,
  ...postgresVariables,
  ...queueVariables,
  ...storageVariables,
  ...metricsVariables,
  ...logVariables,
};

/** The rules between the shared variables. */
export const sharedChecks = [checkQueue, checkStorage];

/** Builds {@link SharedConfig} from the variables. */
export const toSharedConfig = (environment: Values<typeof sharedVariables>): SharedConfig => ({
  images: toImageLimits(environment),
  postgres: toPostgresConfig(environment),
  queue: toQueueConfig(environment),
  storage: toStorageConfig(environment),
  metrics: toMetricsAccess(environment, true),
  logLevel: environment.LOG_LEVEL,
});
