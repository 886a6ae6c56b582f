import type { z } from 'zod';
import { defineConfig } from './load-config.ts';
import { logVariables } from './variables/log-variables.ts';
import { type PostgresConfig, postgresVariables, toPostgresConfig } from './variables/postgres-variables.ts';
import { checkStorage, type StorageConfig, storageVariables, toStorageConfig } from './variables/storage-variables.ts';

/** The configuration of the command that removes orphans from the bucket. */
export interface SweepConfig {
  postgres: PostgresConfig;
  storage: StorageConfig;
  logLevel: z.output<typeof logVariables.LOG_LEVEL>;
}

/** Reads {@link SweepConfig} from an environment. */
export const sweepConfig = defineConfig({
  variables: { ...postgresVariables, ...storageVariables, ...logVariables },
  checks: [checkStorage],
  build: (environment): SweepConfig => ({
    postgres: toPostgresConfig(environment),
    storage: toStorageConfig(environment),
    logLevel: environment.LOG_LEVEL,
  }),
});
