import { readFile, realpath } from 'node:fs/promises';
import { AppError } from '@thumbnail-api/errors';
import { clusterPaths } from './cluster-paths.ts';
import { databaseName } from './create-cluster.ts';
import type { EmbeddedPostgres } from './open-embedded-postgres.ts';
import { readPostmasterFile } from './read-postmaster-file.ts';
import { findCommandLine } from './running-process.ts';
import { serviceName } from './service-role.ts';
import { serverHost } from './start-server.ts';

/** How to connect to an embedded Postgres that another process runs, with the role of the service. */
export type RunningPostgres = Pick<EmbeddedPostgres, 'host' | 'port' | 'database' | 'user' | 'password'>;

/**
 * Finds the Postgres that another process runs on a directory. Returns null if there is none.
 *
 * @throws AppError `unavailable` if its password file, which only its owner can read, cannot be read
 */
export async function findRunningPostgres(directory: string): Promise<RunningPostgres | null> {
  const paths = clusterPaths(await realpath(directory).catch(() => directory));
  const file = await readPostmasterFile(paths.data);
  // In a stale file, the process id may belong to an unrelated process.
  const isOurs = file && `${await findCommandLine(file.pid)} `.includes(` -D ${paths.data} `);
  if (!isOurs || !file.ready) return null;
  const password = await readFile(paths.servicePasswordFile, 'utf8').catch((cause) => {
    throw new AppError(
      'unavailable',
      `${paths.servicePasswordFile} cannot be read. Run this as the user that started Postgres.`,
      {
        cause,
      },
    );
  });
  return { host: serverHost, port: file.port, database: databaseName, user: serviceName, password: password.trim() };
}
