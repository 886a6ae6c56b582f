import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, realpath, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@thumbnail-api/errors';
import { type ClusterPaths, clusterPaths } from './cluster-paths.ts';
import { createCluster, databaseName } from './create-cluster.ts';
import { handOver } from './find-ordinary-user.ts';
import { findPostgresTools, type PostgresTools } from './find-postgres-tools.ts';
import { keepServer } from './keep-server.ts';
import { lockDirectory } from './lock-directory.ts';
import { prepareServicePassword, serviceName } from './service-role.ts';
import { serverHost } from './start-server.ts';
import { stopStalePostmaster } from './stop-stale-postmaster.ts';

/** Options of {@link openEmbeddedPostgres}. */
export interface EmbeddedPostgresOptions {
  /** Directory for all its files. It is created if missing, and other users cannot access it. */
  directory: string;
  /** Gets one sentence for each event that a user should know, such as a restart. */
  log?: (line: string) => void;
  /** `false` is for tests: nothing is flushed to disk, so a power failure may lose data. Default: true. */
  durable?: boolean;
}

/** A running Postgres and how to connect to it. */
export interface EmbeddedPostgres {
  host: string;
  port: number;
  database: string;
  /** The role that owns everything, for the migration. */
  user: string;
  password: string;
  /** The role for the API and the worker. It exists once the migration has created it. */
  service: { user: string; password: string };
  /** For example `18.4`. */
  version: string;
  /**
   * Shuts Postgres down, waits until it has exited and unlocks the directory. Open connections are closed; no data is
   * lost. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Starts a real Postgres on a directory, which keeps its data between starts.
 *
 * Postgres listens only on 127.0.0.1. It is stopped when this process exits, even by SIGKILL, and restarted on the same
 * port when it dies. A directory can be open only once. The caller closes it; it does not keep the process alive.
 *
 * @throws AppError `unavailable` with a message for the user
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durable = true, log = () => undefined } = options;
  const paths = await prepareDirectory(options.directory);
  const release = lockDirectory(paths.directory);
  // During the start, nothing else may keep the process alive.
  const keepAlive = setInterval(() => undefined, 1_000);
  try {
    await mkdir(paths.temporary, { recursive: true, mode: 0o700 });
    const tools = await findPostgresTools(paths);
    await handOver(tools.user, [paths.directory, paths.temporary]);
    if (await stopStalePostmaster(paths)) log('Stopped a Postgres that an earlier run had left behind.');
    await rename(paths.log, paths.previousLog).catch(() => undefined);
    const output = openSync(paths.log, 'a', 0o600);
    try {
      await createCluster(paths, tools, { durable, output });
    } finally {
      closeSync(output);
    }
    await assertSameVersion(paths, tools);
    const service = { user: serviceName, password: await prepareServicePassword(paths) };
    const server = await keepServer(paths, tools, { durable, log });
    return {
      host: serverHost,
      port: server.port,
      database: databaseName,
      user: databaseName,
      password: (await readFile(paths.passwordFile, 'utf8')).trim(),
      service,
      version: tools.version,
      close: () => server.close().finally(release),
    };
  } catch (error) {
    release();
    throw error;
  } finally {
    clearInterval(keepAlive);
  }
}

async function prepareDirectory(directory: string): Promise<ClusterPaths> {
  try {
    // The user that Postgres runs as must be able to traverse the parent, but not to list it.
    await mkdir(dirname(directory), { recursive: true, mode: 0o711 });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return clusterPaths(await realpath(directory));
  } catch (cause) {
    throw new AppError('unavailable', `The directory ${directory} cannot be created.`, { cause });
  }
}

async function assertSameVersion(paths: ClusterPaths, tools: PostgresTools): Promise<void> {
  const dataVersion = (await readFile(join(paths.data, 'PG_VERSION'), 'utf8')).trim();
  if (dataVersion === tools.version.split('.').at(0)) return;
  const message = `The data in ${paths.directory} belongs to Postgres ${dataVersion}, but this is Postgres ${tools.version}. Dump the data with the old version and restore it with this one.`;
  throw new AppError('unavailable', message);
}
