import { Database } from 'bun:sqlite';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@thumbnail-api/errors';

// A database that nobody refers to is closed by the garbage collector, and its lock with it.
const held = new Set<Database>();

/**
 * Takes a directory for one opener alone and returns how to give it back.
 *
 * The lock is SQLite's on `lock.db`, which holds nothing else: the kernel frees it when the process ends, however it
 * ends, so it is never left behind. It holds between processes and between threads of one process.
 *
 * @throws AppError `unavailable` when somebody else has it, or the directory cannot be written
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
    const fault = busy ? 'is in use by another process' : 'cannot be written';
    throw new AppError('unavailable', `The directory ${directory} ${fault}.`, { cause });
  }
  const taken = database;
  held.add(taken);
  return () => {
    if (held.delete(taken)) taken.close();
  };
}
