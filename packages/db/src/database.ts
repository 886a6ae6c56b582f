import type { PostgresConfig } from '@thumbnail-api/config';
import { AppError, withDeadline } from '@thumbnail-api/errors';
import { DrizzleQueryError } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase, type PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from './schema.ts';

/** What SQL is written against: the pool, or a transaction on one of its connections. */
export type Executor = PostgresJsDatabase<typeof schema> | Transaction;
export type Transaction = PostgresJsTransaction<
  typeof schema,
  import('drizzle-orm').ExtractTablesWithRelations<typeof schema>
>;

/** The rows, behind deadlines: the only way to Postgres. */
export interface Database {
  /**
   * Runs one statement or a few that need no transaction.
   *
   * @throws AppError `unavailable`, retryable, when Postgres cannot be reached or does not answer in time
   */
  run<T>(work: (executor: Executor) => Promise<T>): Promise<T>;
  /** Runs `work` in one transaction: all of it, or none. Throws as {@link Database.run} does. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * Calls `heard` with every payload announced on `channel` (LISTEN), on a connection of its own; `listening` whenever that
   * has begun, anew after a cut too. Announcements made while the connection is away are lost.
   *
   * @returns what ends it
   * @throws AppError `unavailable` when Postgres cannot be reached
   */
  listen(channel: string, heard: (payload: string) => void, listening: () => void): Promise<() => Promise<void>>;
  /** Returns when Postgres answers; throws otherwise. */
  check(): Promise<void>;
  /** Ends every connection, at most 2 s later. */
  close(): Promise<void>;
}

const connectTimeoutSeconds = 3;
const statementTimeoutMs = 8_000;
/** Above the server's own limit: it only speaks where the server cannot. */
const answerDeadlineMs = 10_000;
const checkDeadlineMs = 2_000;

const unavailable = 'The database cannot be reached at the moment.';
const answerDeadline = { deadlineMs: answerDeadlineMs, code: 'unavailable', message: unavailable } as const;

/** Opens the pool; the first query connects. `connectionsMax` bounds it. */
export function openDatabase(config: PostgresConfig, connectionsMax = 10): Database {
  const options = {
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.user,
    ...(config.password && { password: config.password.reveal() }),
    ssl: config.tls ? ('verify-full' as const) : false,
    connect_timeout: connectTimeoutSeconds,
    onnotice: () => undefined,
    connection: {
      statement_timeout: statementTimeoutMs,
      lock_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: statementTimeoutMs,
    },
  };
  const client = postgres({ ...options, max: connectionsMax });
  const pool = drizzle(client, { schema });
  return {
    run: (work) => answered(() => work(pool)),
    transaction: (work) => answered(() => pool.transaction(work)),
    listen: async (channel, heard, listening) => {
      const listener = postgres({ ...options, max: 1 });
      const end = () => listener.end({ timeout: 1 });
      try {
        await answered(() => listener.listen(channel, heard, listening));
        return end;
      } catch (error) {
        await end();
        throw error;
      }
    },
    check: () =>
      withDeadline({ ...answerDeadline, deadlineMs: checkDeadlineMs }, () => client`select 1`.then(() => undefined)),
    close: () => client.end({ timeout: 2 }),
  };
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await withDeadline(answerDeadline, work);
  } catch (error) {
    throw isUnavailable(error) ? new AppError('unavailable', unavailable, { cause: error, retryable: true }) : error;
  }
}

/** Connection faults of postgres.js, of the socket, and the SQLSTATE classes 08, 53, 57 and 25006 (a read-only standby). */
function isUnavailable(error: unknown): boolean {
  const source = error instanceof DrizzleQueryError ? error.cause : error;
  const code = source instanceof Error && 'code' in source ? String(source.code) : '';
  return (
    /^(CONNECT|CONNECTION_|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/.test(code) ||
    /^(08|53|57)...$|^25006$/.test(code)
  );
}
