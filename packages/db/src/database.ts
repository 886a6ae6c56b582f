import type { ExtractTablesWithRelations, SQL } from 'drizzle-orm';
import type { PostgresJsDatabase, PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import type * as schema from './schema.ts';

/** Runs queries: the connection pool, or a transaction on one of its connections. */
export type Executor = PostgresJsDatabase<typeof schema> | Transaction;
export type Transaction = PostgresJsTransaction<typeof schema, ExtractTablesWithRelations<typeof schema>>;

/**
 * The Postgres database of the service. Every call has a deadline, by default of 10 seconds.
 *
 * A call throws AppError `unavailable`, retryable, when Postgres is unavailable or does not answer in time.
 */
export interface Database {
  /** Runs one statement, or several that need no transaction. */
  run<T>(work: (executor: Executor) => Promise<T>): Promise<T>;
  /**
   * Runs `work` in one transaction.
   *
   * @throws {@link CommitUnknown} when the commit outcome is unknown; after any other error nothing is committed
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs one statement as a transaction of its own. This takes one round trip; {@link Database.transaction} takes four.
   * Each connection prepares the statement once.
   *
   * @returns the rows, with times as Postgres writes them
   * @throws {@link CommitUnknown} when the commit outcome is unknown; after any other error nothing is committed
   */
  commit(statement: SQL): Promise<Record<string, unknown>[]>;
  /** Returns the time of the database's clock. The result may be up to `maxAgeMs` old. */
  readClock(maxAgeMs: number): Promise<string>;
  /**
   * Calls `onPayload` with every payload that is announced on `channel` (LISTEN), on a separate connection.
   *
   * Calls `onListening` each time it starts to listen, also after a reconnect. Announcements made while it is
   * disconnected are lost.
   *
   * @returns a function that stops listening
   */
  listen(channel: string, onPayload: (payload: string) => void, onListening: () => void): Promise<() => Promise<void>>;
  /** Returns when Postgres answers within 2 seconds; throws otherwise. */
  check(): Promise<void>;
  /** Returns when Postgres accepts changes; throws if it is a standby or read-only, as {@link Database.check} does. */
  checkWrites(): Promise<void>;
  /** Closes every connection within 2 seconds. */
  close(): Promise<void>;
}
