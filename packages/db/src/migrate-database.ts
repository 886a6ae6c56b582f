import type { PostgresConfig } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { retry } from '@thumbnail-api/resilience';
import postgres from 'postgres';
import { applyMigrations } from './apply-migrations.ts';
import { assertOwnSession } from './assert-own-session.ts';
import { toAddress } from './open-pool.ts';
import { type BlockingSession, watchBlockers } from './watch-blockers.ts';

/** The key of the advisory lock: an arbitrary number that nothing else in this database locks. */
export const migrationLock = 0x7468_756d;
/** The SQLSTATE of a statement that waited for a lock longer than `lock_timeout`. */
const lockNotAvailable = '55P03';
const retryPauseMs = 500;

/** How long a migration waits for locks. */
export interface MigrateOptions {
  /** Default: one minute. */
  waitMs?: number;
  /** Gets the sessions that hold a lock that the migration waits for, each time there are new ones. */
  onBlocked?: (sessions: BlockingSession[]) => void;
}

/**
 * Applies every migration that the database does not have yet.
 *
 * Concurrent calls are safe: the second waits for the first and then finds nothing to do.
 *
 * @throws AppError `unavailable` if other sessions hold a lock for longer than `waitMs` (its message names them), or if the
 *   connection leads through a pooler in transaction mode
 */
export async function migrateDatabase(config: PostgresConfig, options: MigrateOptions = {}): Promise<void> {
  const { waitMs = 60_000, onBlocked = () => undefined } = options;
  const client = open(config);
  const watcher = open(config);
  try {
    const pid = await assertOwnSession(client, watcher);
    const blockers = watchBlockers(watcher, pid, onBlocked);
    try {
      await client`select set_config('lock_timeout', ${`${waitMs}ms`}, false)`;
      await client`select pg_advisory_lock(${migrationLock})`;
      const waiting = { pauseMs: () => retryPauseMs, deadlineMs: waitMs, isRetryable: isLockTimeout };
      await retry(() => applyMigrations(client), waiting);
    } catch (error) {
      throw isLockTimeout(error) ? toGivenUp(error, waitMs, blockers.latest()) : error;
    } finally {
      await blockers.stop();
    }
  } finally {
    await Promise.all([client.end({ timeout: 5 }), watcher.end({ timeout: 5 })]);
  }
}

const open = (config: PostgresConfig) =>
  postgres({
    ...toAddress(config),
    max: 1,
    connect_timeout: 10,
    fetch_types: false,
    prepare: false,
    onnotice: () => undefined,
    connection: { application_name: 'thumbnail-api migrate' },
  });

const isLockTimeout = (error: unknown) => error instanceof Error && 'code' in error && error.code === lockNotAvailable;

function toGivenUp(error: unknown, waitMs: number, sessions: BlockingSession[]): AppError {
  const names = sessions.map(
    ({ pid, user, application, address, state, seconds }) =>
      `${pid} (user ${user}, application ${application || 'unknown'}, from ${address}, ${state} for ${seconds} s)`,
  );
  return new AppError(
    'unavailable',
    `The migration gave up after ${waitMs / 1_000} s: a lock that it needs is held by the session ${names.join(' and ')}. ` +
      'Wait until it ends, or end it with pg_terminate_backend, and run the migration again.',
    { cause: error, retryable: true },
  );
}
