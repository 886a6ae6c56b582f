import type { ExternalRedis, ExternalS3 } from './environment.ts';

/** The Postgres server of a test run. Each test creates its own databases. */
export interface TestPostgres {
  host: string;
  port: number;
  user: string;
  password: string;
  /** The database to connect to in order to create others. */
  database: string;
  /** The role of the service on every database with tables: it may read and change rows. */
  service: { user: string; password: string };
  /** A database with all tables. A copy of it is made faster than the migrations run. */
  template?: string;
}

/** The services of a test run. They are plain values, so that Vitest can send them to every test file. */
export interface TestServices {
  postgres: TestPostgres;
  /** Null if no Redis was found. */
  redis: ExternalRedis | null;
  s3: ExternalS3;
  /** The path of a Chromium; null if none was found. */
  chromium: string | null;
  /** The path of promtool; null if none was found. */
  promtool: string | null;
  /** Names the services in one line. */
  summary: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    services: TestServices;
  }
}
