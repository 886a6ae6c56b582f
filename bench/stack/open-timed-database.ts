import type { PostgresConfig } from '@thumbnail-api/config';
import type { Database } from '@thumbnail-api/db';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';

/** A database that measures the time of its statements. */
export interface TimedDatabase {
  /**
   * Runs `work` and returns the time in which the server parsed, planned and executed its statements, in milliseconds. The
   * given database has only `run`.
   */
  measure(work: (database: Database) => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

/** Opens a database on one connection. The server measures the time, so that driver and socket do not count. */
export function openTimedDatabase(config: PostgresConfig): TimedDatabase {
  const { host, port, user, password, database: name } = config;
  let ms = 0;
  const client = postgres({
    host,
    port,
    user,
    password: password?.reveal() ?? '',
    database: name,
    max: 1,
    connection: { client_min_messages: 'log', log_duration: true },
    onnotice: ({ message }) => {
      ms += Number(/^duration: ([\d.]+) ms/.exec(message ?? '')?.[1] ?? 0);
    },
  });
  const executor = drizzle(client);
  const database = { run: (work: (executor: never) => unknown) => work(executor as never) } as unknown as Database;
  return {
    async measure(work) {
      // The server may report the last duration after the last row, so one more statement completes the reports.
      await client`select 1`;
      ms = 0;
      await work(database);
      await client`select 1`;
      return ms;
    },
    close: () => client.end(),
  };
}
