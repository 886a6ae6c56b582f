import { readFile, realpath } from 'node:fs/promises';
import { AppError } from '@thumbnail-api/errors';
import { clusterPaths } from './cluster-paths.ts';
import { databaseName } from './create-cluster.ts';
import type { EmbeddedPostgres } from './open-embedded-postgres.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { findCommandLine } from './running-process.ts';
import { serverHost } from './start-server.ts';

/** How an embedded Postgres that somebody else has opened is reached. */
export type RunningPostgres = Pick<EmbeddedPostgres, 'host' | 'port' | 'database' | 'user' | 'password'>;

/**
 * Finds the Postgres that another process has opened on a directory and keeps running; null when none runs there.
 *
 * @throws AppError `unavailable` when its password, which is for its owner's eyes, cannot be read
 */
export async function findRunningPostgres(directory: string): Promise<RunningPostgres | null> {
  const paths = clusterPaths(await realpath(directory).catch(() => directory));
  const file = await readPostmasterFile(paths.data);
  // A file that was left behind may name a stranger.
  const isOurs = file && `${await findCommandLine(file.pid)} `.includes(` -D ${paths.data} `);
  if (!isOurs || !file.ready) return null;
  const password = await readFile(paths.passwordFile, 'utf8').catch((cause) => {
    throw new AppError('unavailable', `${paths.passwordFile} cannot be read: ask as the user who started it.`, {
      cause,
    });
  });
  return { host: serverHost, port: file.port, database: databaseName, user: databaseName, password: password.trim() };
}
