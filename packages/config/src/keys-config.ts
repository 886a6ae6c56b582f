import { defineConfig } from './load-config.ts';
import { type PostgresConfig, postgresVariables, toPostgresConfig } from './variables/postgres-variables.ts';
import { standaloneVariables } from './variables/standalone-variables.ts';

/** The configuration of the command that manages API keys. */
export interface KeysConfig {
  /** Null: the keys are in the Postgres embedded by `bun start`. */
  postgres: PostgresConfig | null;
  /** Data directory of `bun start`, as given: it may be relative. */
  dataDirectory: string;
}

/** Reads {@link KeysConfig} from an environment. As in `bun start`, an unset `POSTGRES_HOST` means embedded. */
export const keysConfig = defineConfig({
  variables: {
    ...postgresVariables,
    ...standaloneVariables,
    POSTGRES_HOST: postgresVariables.POSTGRES_HOST.optional(),
  },
  checks: [],
  build: ({ POSTGRES_HOST, ...env }): KeysConfig => ({
    postgres: POSTGRES_HOST ? toPostgresConfig({ ...env, POSTGRES_HOST }) : null,
    dataDirectory: env.DATA_DIR,
  }),
});
