import type { PostgresConfig } from '@thumbnail-api/config';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from './schema.ts';

const connectTimeoutSeconds = 3;
const statementTimeoutMs = 8_000;
/** The driver's own pauses grow to 20 s over all connections together: a server that is back would be found long after. */
const reconnectSeconds = () => 0.1 + 0.2 * Math.random();

/** Connections to one server, and drizzle on top of them. */
export interface Pool {
  client: postgres.Sql;
  executor: PostgresJsDatabase<typeof schema>;
}

type Work = (inner: postgres.TransactionSql) => unknown;

/** How a server is reached and who is asking. */
export const toAddress = (config: PostgresConfig) => ({
  host: config.host,
  port: config.port,
  database: config.database,
  user: config.user,
  ...(config.password && { password: config.password.reveal() }),
  ssl: config.tls ? ('verify-full' as const) : false,
});

/** Opens the connections as they are needed, at most `connectionsMax`; the server bounds each statement, lock and idle transaction by 8 s. */
export function openPool(config: PostgresConfig, connectionsMax: number): Pool {
  const client = postgres({
    ...toAddress(config),
    max: connectionsMax,
    connect_timeout: connectTimeoutSeconds,
    backoff: reconnectSeconds,
    // The driver's own question for array types, which no table here has: lost with its connection, its rejection would have
    // nobody to hear it and end the process.
    fetch_types: false,
    onnotice: () => undefined,
    connection: {
      statement_timeout: statementTimeoutMs,
      lock_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: statementTimeoutMs,
    },
  });
  return { client, executor: drizzle(preparing(client), { schema }) };
}

/**
 * Has every statement of drizzle kept by its connection: drizzle sends them without a name, which asks the server twice and
 * has it plan anew each time.
 */
function preparing<Client extends postgres.Sql | postgres.TransactionSql>(client: Client): Client {
  const ours: Record<PropertyKey, unknown> = {
    unsafe: (query: string, values: never[]) => client.unsafe(query, values, { prepare: true }),
    ...('begin' in client && { begin: (work: Work) => client.begin((inner) => work(preparing(inner))) }),
  };
  return new Proxy(client, { get: (target, name) => ours[name] ?? Reflect.get(target, name) });
}
