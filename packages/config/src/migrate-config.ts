import type { z } from 'zod';
import { defineConfig } from './load-config.ts';
import { logVariables } from './variables/log-variables.ts';
import { type PostgresConfig, postgresVariables, toPostgresConfig } from './variables/postgres-variables.ts';
import { checkQueue, type QueueConfig, queueVariables, toQueueConfig } from './variables/queue-variables.ts';

/** The configuration of the migrations. */
export interface MigrateConfig {
  postgres: PostgresConfig;
  queue: QueueConfig;
  logLevel: z.output<typeof logVariables.LOG_LEVEL>;
}

/** Reads {@link MigrateConfig} from an environment. */
export const migrateConfig = defineConfig({
  variables: { ...postgresVariables, ...queueVariables, ...logVariables },
  checks: [checkQueue],
  build: (environment): MigrateConfig => ({
    postgres: toPostgresConfig(environment),
    queue: toQueueConfig(environment),
    logLevel: environment.LOG_LEVEL,
  }),
});
