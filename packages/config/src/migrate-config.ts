import { defineConfig } from './load-config.ts';
import { type PostgresConfig, postgresVariables, toPostgresConfig } from './postgres-variables.ts';
import { checkQueue, type QueueConfig, queueVariables, toQueueConfig } from './queue-variables.ts';

/** What the migrations are told. */
export interface MigrateConfig {
  postgres: PostgresConfig;
  queue: QueueConfig;
}

/** Reads {@link MigrateConfig} from an environment. */
export const migrateConfig = defineConfig({
  variables: { ...postgresVariables, ...queueVariables },
  checks: [checkQueue],
  build: (environment): MigrateConfig => ({
    postgres: toPostgresConfig(environment),
    queue: toQueueConfig(environment),
  }),
});
