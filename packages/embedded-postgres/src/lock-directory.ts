import { Database } from 'bun:sqlite';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@thumbnail-api/errors';

// Keeps the databases reachable: the garbage collector would close them and release their locks.
const held = new Set<Database>();

/**
 * Locks a directory exclusively and returns a function that unlocks it.
 *
 * The lock is an SQLite lock on `lock.db`, an empty database. It works between processes and between threads of one
 * process. The kernel releases it when the process dies, so it never becomes stale.
 *
 * @throws AppError `unavailable` if another opener holds the lock or the directory cannot be written
 */
export function lockDirectory(directory: string): () => void {
  const file = join(directory, 'lock.db');
  let database: Database | undefined;
  try {
    database = new Database(file, { create: true, readwrite: true });
    database.run('PRAGMA journal_mode = MEMORY');
    database.run('BEGIN EXCLUSIVE');
    chmodSync(file, 0o600);
  } catch (cause) {
    database?.close();
    const busy = (cause as { code?: unknown }).code === 'SQLITE_BUSY';
    const reason = busy ? 'is in use by another process' : 'cannot be written';
    throw new AppError('unavailable', `The directory ${directory} ${reason}.`, { cause });
  }
  const locked = database;
  held.add(locked);
  return () => {
    if (held.delete(locked)) locked.close();
  };
}
