import type { NamedRedis, NamedS3 } from './environment.ts';

/** The Postgres of a test run; each test gets databases of its own in it. */
export interface TestPostgres {
  host: string;
  port: number;
  user: string;
  password: string;
  /** A database to connect to in order to make others. */
  database: string;
}

/** The real parts of a test run: plain values, so that they reach every test file. */
export interface TestServices {
  postgres: TestPostgres;
  /** Null where no Redis was found. */
  redis: NamedRedis | null;
  s3: NamedS3;
  /** The path of a Chromium; null where none was found. */
  chromium: string | null;
  /** One line that says what they are. */
  summary: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    services: TestServices;
  }
}
