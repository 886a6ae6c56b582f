import { AppError } from '@thumbnail-api/errors';
import type postgres from 'postgres';

const message =
  'Postgres is behind a pooler in transaction mode, where the lock of the migration protects nothing. ' +
  'Run the migration on a direct connection: set POSTGRES_HOST and POSTGRES_PORT to the server itself.';

/** A pooler with several idle server processes may lend the same one again by chance. */
const rounds = 3;

/**
 * Returns the id of the server process that serves `client`.
 *
 * A pooler in transaction mode lends a server process for one transaction at a time. Sooner or later `other` gets the one
 * that `client` had, or `client` gets another one.
 *
 * @throws AppError `unavailable` if `client` has no session of its own
 */
export async function assertOwnSession(client: postgres.Sql, other: postgres.Sql): Promise<number> {
  const otherPids = [await readPid(other)];
  const pids = [await readPid(client)];
  for (let round = 0; round < rounds; round += 1) {
    await other.begin(async (transaction) => {
      otherPids.push(await readPid(transaction));
      pids.push(await readPid(client));
    });
    otherPids.push(await readPid(other));
    pids.push(await readPid(client));
  }
  const [pid = 0] = pids;
  if (otherPids.includes(pid) || pids.some((each) => each !== pid)) throw new AppError('unavailable', message);
  return pid;
}

async function readPid(client: postgres.Sql | postgres.TransactionSql): Promise<number> {
  const [row] = await client`select pg_backend_pid() as pid`;
  return Number(row?.pid);
}
