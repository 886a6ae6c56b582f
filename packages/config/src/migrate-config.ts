import { z } from 'zod';
import { defineConfig } from './load-config.ts';
import { checkShippedSecrets, exposureVariables } from './variables/exposure-variables.ts';
import { logVariables } from './variables/log-variables.ts';
import { type PostgresConfig, postgresVariables, toPostgresConfig } from './variables/postgres-variables.ts';
import { checkQueue, type QueueConfig, queueVariables, toQueueConfig } from './variables/queue-variables.ts';
import { secret, wholeNumber } from './variables/variables.ts';

/** The variables that only the migration reads. */
export const migrateVariables = {
  POSTGRES_MIGRATE_USER: z.string().optional().meta({
    description:
      'Role that migrates and owns the tables. `migrate` then creates the role `POSTGRES_USER` and lets it read and change rows, nothing else. If unset, `POSTGRES_USER` does both.',
    example: 'thumbnails',
  }),
  POSTGRES_MIGRATE_PASSWORD: secret().optional().meta({
    description: 'Password of that role. If unset, `POSTGRES_PASSWORD`.',
    example: 'change-me-owner',
  }),
  MIGRATE_WAIT_SECONDS: wholeNumber(1, 3_600).default(60).meta({
    description:
      'How long `migrate` waits for sessions that hold a lock it needs, in seconds. It names them, and then gives up.',
  }),
};

/** The configuration of the migrations. */
export interface MigrateConfig {
  /** With the role that migrates. */
  postgres: PostgresConfig;
  /** With the role of the API and the worker; null if it is the same. */
  service: PostgresConfig | null;
  queue: QueueConfig;
  waitMs: number;
  logLevel: z.output<typeof logVariables.LOG_LEVEL>;
}

/** Reads {@link MigrateConfig} from an environment. */
export const migrateConfig = defineConfig({
  variables: { ...postgresVariables, ...migrateVariables, ...queueVariables, ...logVariables, ...exposureVariables },
  checks: [checkQueue, checkShippedSecrets],
  build: (environment): MigrateConfig => {
    const service = toPostgresConfig(environment);
    const user = environment.POSTGRES_MIGRATE_USER ?? service.user;
    const password = environment.POSTGRES_MIGRATE_PASSWORD ?? service.password;
    return {
      postgres: { ...service, user, password },
      service: user === service.user ? null : service,
      queue: toQueueConfig(environment),
      waitMs: environment.MIGRATE_WAIT_SECONDS * 1_000,
      logLevel: environment.LOG_LEVEL,
    };
  },
});
