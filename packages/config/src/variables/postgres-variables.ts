import { z } from 'zod';
import type { Values } from '../load-config.ts';
import type { Secret } from '../secret.ts';
import { flag, host, port, secret } from './variables.ts';

/** Where the rows are. */
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
  POSTGRES_HOST: host().meta({ description: 'Host of the Postgres that keeps the rows.', example: 'localhost' }),
  POSTGRES_PORT: port().default(5432).meta({ description: 'Its port.' }),
  POSTGRES_DB: z.string().default('thumbnails').meta({ description: 'The database.' }),
  POSTGRES_USER: z.string().default('thumbnails').meta({ description: 'The role that owns the tables.' }),
  POSTGRES_PASSWORD: secret().optional().meta({ description: 'Its password.', example: 'change-me' }),
  POSTGRES_SSL: flag().default(false).meta({ description: 'Speak TLS to Postgres and check its certificate.' }),
};

/** Builds the part of the configuration that the variables describe. */
export const toPostgresConfig = (env: Values<typeof postgresVariables>): PostgresConfig => ({
  host: env.POSTGRES_HOST,
  port: env.POSTGRES_PORT,
  database: env.POSTGRES_DB,
  user: env.POSTGRES_USER,
  password: env.POSTGRES_PASSWORD,
  tls: env.POSTGRES_SSL,
});
