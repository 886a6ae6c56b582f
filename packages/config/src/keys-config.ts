import { defineConfig } from './load-config.ts';
import { type PostgresConfig, postgresVariables, toPostgresConfig } from './variables/postgres-variables.ts';
import { standaloneVariables } from './variables/standalone-variables.ts';

/** Where the command that manages keys finds them. */
export interface KeysConfig {
  /** Null: in the Postgres that `bun start` embeds. */
  postgres: PostgresConfig | null;
  /** Where that one keeps its data, as it was written. */
  dataDirectory: string;
}

/** Reads {@link KeysConfig} from an environment; as with `bun start`, `POSTGRES_HOST` decides. */
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
