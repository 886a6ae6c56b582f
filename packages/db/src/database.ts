import type { PostgresConfig } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { type Deadline, shareResult, withDeadline } from '@thumbnail-api/resilience';
import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { PostgresJsDatabase, PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import { isReadOnly, isRefused, isUnavailable } from './database-fault.ts';
import { openPool, type Pool } from './open-pool.ts';
import type * as schema from './schema.ts';
import { type SentStatement, sendStatement } from './send-statement.ts';

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
  /**
   * Runs `work` in one transaction: all of it, or none.
   *
   * @throws AppError as {@link Database.run} does, and then nothing was committed; {@link CommitUnknown} when that is not known
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs one statement that is a transaction by itself, prepared once for each connection: one round trip, where a transaction
   * of one statement takes four.
   *
   * @returns its rows, with times as Postgres writes them
   * @throws AppError as {@link Database.run} does, and then nothing was committed; {@link CommitUnknown} when that is not known
   */
  commit(statement: SQL): Promise<Record<string, unknown>[]>;
  /**
   * A moment of the database's clock, at most `ageMs` old by ours.
   *
   * @throws AppError as {@link Database.run} does
   */
  readClock(ageMs: number): Promise<string>;
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

/** Above the server's own limits: it only speaks where the server cannot. */
const answerDeadlineMs = 10_000;

const unavailable = 'The database cannot be reached at the moment.';
const answerDeadline = { deadlineMs: answerDeadlineMs, code: 'unavailable', message: unavailable } as const;
const checkDeadline = { ...answerDeadline, deadlineMs: 2_000 };

/** Postgres fell silent while a COMMIT was on its way: it may have happened. */
export class CommitUnknown extends AppError {
  constructor(cause: unknown) {
    super('unavailable', unavailable, { cause, retryable: true });
  }
}

/** Opens the pool; the first query connects. `connectionsMax` bounds it. */
export function openDatabase(config: PostgresConfig, connectionsMax = 10): Database {
  let pool = openPool(config, connectionsMax);
  const dialect = new PgDialect();

  /** Connections that fell silent, or lead to a server that only reads by now, would never be any good again. */
  const renew = (spent: Pool) => {
    if (pool !== spent) return;
    pool = openPool(config, connectionsMax);
    spent.client.end({ timeout: answerDeadlineMs / 1_000 }).catch(() => undefined);
  };
  const answered = async <T>(
    work: (pool: Pool, late: AbortSignal) => PromiseLike<T>,
    deadline: Deadline,
  ): Promise<T> => {
    const used = pool;
    let isLate = false;
    try {
      return await withDeadline(deadline, (late) => {
        late.addEventListener('abort', () => {
          isLate = true;
        });
        return work(used, late);
      });
    } catch (error) {
      if (isLate || isReadOnly(error)) renew(used);
      throw isUnavailable(error) ? new AppError('unavailable', unavailable, { cause: error, retryable: true }) : error;
    }
  };
  const readClock = shareResult(async () => {
    const [row] = await answered(({ client }) => client`select clock_timestamp()::text as now`, answerDeadline);
    return String(row?.now);
  });
  return {
    run: (work) => answered(({ executor }) => work(executor), answerDeadline),
    transaction: async (work) => {
      let isCommitting = false;
      const committed = async (transaction: Transaction, late: AbortSignal) => {
        const result = await work(transaction);
        // Whose caller was told that it failed must not be committed behind their back.
        late.throwIfAborted();
        isCommitting = true;
        return result;
      };
      try {
        return await answered(
          ({ executor }, late) => executor.transaction((transaction) => committed(transaction, late)),
          answerDeadline,
        );
      } catch (error) {
        throw isCommitting && !isRefused(error) ? new CommitUnknown(error) : error;
      }
    },
    commit: async (statement) => {
      const query = dialect.sqlToQuery(statement);
      let sending: SentStatement | undefined;
      const send = ({ client }: Pool, late: AbortSignal) => {
        sending = sendStatement(client, query, late);
        return sending.rows;
      };
      try {
        return await answered(send, answerDeadline);
      } catch (error) {
        throw sending?.wasSent() && !isRefused(error) ? new CommitUnknown(error) : error;
      }
    },
    readClock,
    listen: async (channel, heard, listening) => {
      const { client } = openPool(config, 1);
      const end = () => client.end({ timeout: 1 });
      try {
        await answered(() => client.listen(channel, heard, listening), answerDeadline);
        return end;
      } catch (error) {
        await end();
        throw error;
      }
    },
    check: () => answered(({ client }) => client`select 1`.then(() => undefined), checkDeadline),
    close: () => pool.client.end({ timeout: 2 }),
  };
}
