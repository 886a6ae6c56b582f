import type { Query, SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';
import { CommitUnknown, isRejectedByServer } from './database-error.ts';
import type { RenewablePool } from './renewable-pool.ts';

const dialect = new PgDialect();

/** `state` is null until the driver hands the statement to a connection. */
type DriverQuery = postgres.PendingQuery<postgres.Row[]> & { state?: object | null };

/**
 * Runs one statement as a transaction of its own, prepared once on each connection.
 *
 * @throws CommitUnknown when the commit outcome is unknown; after any other error nothing is committed
 */
export async function commitStatement(pool: RenewablePool, statement: SQL): Promise<Record<string, unknown>[]> {
  const query = dialect.sqlToQuery(statement);
  let sent: SentStatement | undefined;
  try {
    return await pool.run(({ client }, signal) => {
      sent = new SentStatement(client, query, signal);
      return sent.rows();
    });
  } catch (error) {
    throw sent?.mayHaveRun && !isRejectedByServer(error) ? new CommitUnknown(error) : error;
  }
}

/** A statement that was handed to the driver. */
class SentStatement {
  /** Whether the server may have received the statement. Valid once it has failed or its deadline has passed. */
  mayHaveRun = false;
  readonly #query: DriverQuery;
  readonly #signal: AbortSignal;

  constructor(client: postgres.Sql, { sql, params }: Query, signal: AbortSignal) {
    this.#query = client.unsafe(sql, params as never[], { prepare: true });
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#expire());
  }

  async rows(): Promise<Record<string, unknown>[]> {
    try {
      return await this.#query;
    } catch (error) {
      if (!this.#signal.aborted) this.#recordState();
      throw error;
    }
  }

  /** A statement that still waits for a connection is cancelled: the driver would send it when the server recovers. */
  #expire(): void {
    this.#recordState();
    if (!this.mayHaveRun) this.#query.cancel();
  }

  #recordState(): void {
    this.mayHaveRun = this.#query.state !== null;
  }
}
