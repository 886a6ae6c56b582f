import type { z } from 'zod';
import type { Values } from '../load-config.ts';
import { type ImageLimits, imageVariables, toImageLimits } from './image-variables.ts';
import { logVariables } from './log-variables.ts';
import { type MetricsAccess, metricsVariables, toMetricsAccess } from './metrics-variables.ts';
import { type PostgresConfig, postgresVariables, toPostgresConfig } from './postgres-variables.ts';
import { checkQueue, type QueueConfig, queueVariables, toQueueConfig } from './queue-variables.ts';
import { checkStorage, type StorageConfig, storageVariables, toStorageConfig } from './storage-variables.ts';

/** What the API and the worker are both told: the parts they share, the bounds of pictures, how much to say. */
export interface PartsConfig {
  images: ImageLimits;
  postgres: PostgresConfig;
  queue: QueueConfig;
  storage: StorageConfig;
  metrics: MetricsAccess;
  logLevel: z.output<typeof logVariables.LOG_LEVEL>;
}

/** The variables that name them. */
export const partVariables = {
  ...imageVariables,
  ...postgresVariables,
  ...queueVariables,
  ...storageVariables,
  ...metricsVariables,
  ...logVariables,
};

/** What must hold between them. */
export const partChecks = [checkQueue, checkStorage];

/** Builds the part of the configuration that the variables describe. */
export const toPartsConfig = (environment: Values<typeof partVariables>): PartsConfig => ({
  images: toImageLimits(environment),
  postgres: toPostgresConfig(environment),
  queue: toQueueConfig(environment),
  storage: toStorageConfig(environment),
  metrics: toMetricsAccess(environment, true),
  logLevel: environment.LOG_LEVEL,
});
