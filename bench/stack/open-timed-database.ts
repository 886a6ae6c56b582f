import type { PostgresConfig } from '@thumbnail-api/config';
import type { Database } from '@thumbnail-api/db';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';

/** A database that tells what the statements of a verb cost it, whatever they are. Of the database only `run` is there. */
export interface TimedDatabase {
  /** Does `work` and gives the time that the server took for its statements: to parse, plan and execute, in milliseconds. */
  measure(work: (database: Database) => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

/** Opens it, on one connection. The server's own clock is read, so that neither driver nor socket is counted. */
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
      // The last duration of the work before may come after its last row.
      await client`select 1`;
      ms = 0;
      await work(database);
      await client`select 1`;
      return ms;
    },
    close: () => client.end(),
  };
}
