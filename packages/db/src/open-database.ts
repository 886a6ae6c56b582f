import type { PostgresConfig } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { shareResult } from '@thumbnail-api/resilience';
import { commitStatement } from './commit-statement.ts';
import type { Database } from './database.ts';
import { type DatabaseDeadlines, databaseDeadlines, openPool, type Pool } from './open-pool.ts';
import { RenewablePool } from './renewable-pool.ts';
import { runTransaction } from './run-transaction.ts';

const checkDeadlineMs = 2_000;

/** Opens a database with at most `connectionsMax` connections. The first query connects. The caller closes it. */
export function openDatabase(
  config: PostgresConfig,
  connectionsMax = 10,
  deadlines: DatabaseDeadlines = databaseDeadlines,
): Database {
  const pool = new RenewablePool(() => openPool(config, connectionsMax, deadlines), deadlines.answerMs);
  return {
    run: (work) => pool.run(({ executor }) => work(executor)),
    transaction: (work) => runTransaction(pool, work),
    commit: (statement) => commitStatement(pool, statement),
    readClock: shareResult(() => pool.run(readClock)),
    listen: async (channel, onPayload, onListening) => {
      const { client } = openPool(config, 1, deadlines);
      const stop = () => client.end({ timeout: 1 });
      try {
        await pool.run(() => client.listen(channel, onPayload, onListening));
        return stop;
      } catch (error) {
        await stop();
        throw error;
      }
    },
    check: () => pool.run(({ client }) => client`select 1`.then(() => undefined), checkDeadlineMs),
    checkWrites: () => pool.run(assertWritable, checkDeadlineMs),
    close: () => pool.close(),
  };
}

async function readClock({ client }: Pool): Promise<string> {
  const [row] = await client`select clock_timestamp()::text as now`;
  return String(row?.now);
}

async function assertWritable({ client }: Pool): Promise<void> {
  const [row] = await client`select current_setting('transaction_read_only') as value`;
  if (row?.value === 'on') throw new AppError('unavailable', 'The database accepts no changes.', { retryable: true });
}
