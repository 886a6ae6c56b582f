import type { PostgresConfig } from '@thumbnail-api/config';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from './schema.ts';

/** The deadlines of calls on Postgres, in milliseconds. */
export interface DatabaseDeadlines {
  /** For opening a connection. */
  connectMs: number;
  /** After which the server cancels a statement, a wait for a lock and an idle transaction. */
  statementMs: number;
  /** For a whole call. Longer than `statementMs`, so it expires only when the server does not answer at all. */
  answerMs: number;
}

/** The deadlines that the service uses. */
export const databaseDeadlines: DatabaseDeadlines = { connectMs: 3_000, statementMs: 8_000, answerMs: 10_000 };

/** The driver's own pauses grow to 20 s across all connections, so a recovered server would stay unused for long. */
const reconnectSeconds = () => 0.1 + 0.2 * Math.random();

/** The connections to one server, and drizzle on top of them. */
export interface Pool {
  client: postgres.Sql;
  executor: PostgresJsDatabase<typeof schema>;
}

type Work = (transaction: postgres.TransactionSql) => unknown;

/** The options of postgres.js that say which server and database to connect to, and as which user. */
export const toAddress = (config: PostgresConfig) => ({
  host: config.host,
  port: config.port,
  database: config.database,
  user: config.user,
  ...(config.password && { password: config.password.reveal() }),
  ssl: config.tls ? ('verify-full' as const) : false,
});

/** Opens a pool that connects when needed, with at most `connectionsMax` connections. The caller ends `client`. */
export function openPool(
  config: PostgresConfig,
  connectionsMax: number,
  { connectMs, statementMs }: DatabaseDeadlines = databaseDeadlines,
): Pool {
  const client = postgres({
    ...toAddress(config),
    max: connectionsMax,
    connect_timeout: connectMs / 1_000,
    backoff: reconnectSeconds,
    // The driver's query for array types is not needed. When its connection is lost, its unhandled rejection would end
    // the process.
    fetch_types: false,
    onnotice: () => undefined,
    connection: {
      statement_timeout: statementMs,
      lock_timeout: statementMs,
      idle_in_transaction_session_timeout: statementMs,
    },
  });
  return { client, executor: drizzle(withPreparedStatements(client), { schema }) };
}

/**
 * Makes the client prepare every statement of drizzle. Drizzle sends them without a name: two round trips each, and
 * a new plan at every use.
 */
function withPreparedStatements<Client extends postgres.Sql | postgres.TransactionSql>(client: Client): Client {
  const overrides: Record<PropertyKey, unknown> = {
    unsafe: (query: string, values: never[]) => client.unsafe(query, values, { prepare: true }),
    ...('begin' in client && {
      begin: (work: Work) => client.begin((transaction) => work(withPreparedStatements(transaction))),
    }),
  };
  return new Proxy(client, { get: (target, name) => overrides[name] ?? Reflect.get(target, name) });
}
