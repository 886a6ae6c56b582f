import { z } from 'zod';
import type { Values } from '../load-config.ts';
import type { Secret } from '../secret.ts';
import { flag, host, port, secret } from './variables.ts';

/** A Postgres database and how to connect to it. */
export interface PostgresConfig {
  host: string;
  port: number;
  database: string;
  user: string;
  password: Secret | undefined;
  tls: boolean;
}

/** The variables that name a Postgres. */
export const postgresVariables = {
  POSTGRES_HOST: host().meta({ description: 'Host of the Postgres server.', example: 'localhost' }),
  POSTGRES_PORT: port().default(5432).meta({ description: 'Port of the Postgres server.' }),
  POSTGRES_DB: z.string().default('thumbnails').meta({ description: 'Name of the database.' }),
  POSTGRES_USER: z
    .string()
    .default('thumbnails')
    .meta({ description: 'Role of the API, the worker and the commands.' }),
  POSTGRES_PASSWORD: secret().optional().meta({ description: 'Password of that role.', example: 'change-me' }),
  POSTGRES_SSL: flag()
    .default(false)
    .meta({ description: 'Whether to connect to Postgres with TLS and verify its certificate.' }),
};

/** Builds {@link PostgresConfig} from the variables. */
export const toPostgresConfig = (env: Values<typeof postgresVariables>): PostgresConfig => ({
  host: env.POSTGRES_HOST,
  port: env.POSTGRES_PORT,
  database: env.POSTGRES_DB,
  user: env.POSTGRES_USER,
  password: env.POSTGRES_PASSWORD,
  tls: env.POSTGRES_SSL,
});
