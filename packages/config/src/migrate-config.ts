import type { z } from 'zod';
import { defineConfig } from './load-config.ts';
import { logVariables } from './variables/log-variables.ts';
import { type PostgresConfig, postgresVariables, toPostgresConfig } from './variables/postgres-variables.ts';
import { checkQueue, type QueueConfig, queueVariables, toQueueConfig } from './variables/queue-variables.ts';
import { wholeNumber } from './variables/variables.ts';

/** The variable that only the migration reads. */
export const migrateVariables = {
  MIGRATE_WAIT_SECONDS: wholeNumber(1, 3_600).default(60).meta({
    description:
      'How long `migrate` waits for sessions that hold a lock it needs, in seconds. It names them, and then gives up.',
  }),
};

/** The configuration of the migrations. */
export interface MigrateConfig {
  postgres: PostgresConfig;
  queue: QueueConfig;
  waitMs: number;
  logLevel: z.output<typeof logVariables.LOG_LEVEL>;
}

/** Reads {@link MigrateConfig} from an environment. */
export const migrateConfig = defineConfig({
  variables: { ...postgresVariables, ...migrateVariables, ...queueVariables, ...logVariables },
  checks: [checkQueue],
  build: (environment): MigrateConfig => ({
    postgres: toPostgresConfig(environment),
    queue: toQueueConfig(environment),
    waitMs: environment.MIGRATE_WAIT_SECONDS * 1_000,
    logLevel: environment.LOG_LEVEL,
  }),
});
