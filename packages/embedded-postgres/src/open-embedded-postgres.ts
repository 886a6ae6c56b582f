import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, realpath, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@thumbnail-api/errors';
import { type ClusterPaths, clusterPaths } from './cluster-paths.ts';
import { createCluster, databaseName } from './create-cluster.ts';
import { lockDirectory } from './directory-lock.ts';
import { keepServer } from './keep-server.ts';
import { handOver } from './ordinary-user.ts';
import { findPostgresTools, type PostgresTools } from './postgres-tools.ts';
import { serverHost } from './start-server.ts';
import { stopStalePostmaster } from './stop-stale-postmaster.ts';

/** What {@link openEmbeddedPostgres} takes. */
export interface EmbeddedPostgresOptions {
  /** Directory of everything it writes; made when missing, closed to other users. */
  directory: string;
  /** ShutdownSignal in plain sentences what a person should know: a leftover that was stopped, a restart. */
  log?: (line: string) => void;
  /** `false` is for tests: nothing is flushed to the disk, and a power cut may cost the data. Default: true. */
  durable?: boolean;
}

/** A running Postgres and how to reach it. */
export interface EmbeddedPostgres {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** For example `18.4`. */
  version: string;
  /** Shuts it down (connections are cut, nothing is lost), waits for its end and frees the directory. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a real Postgres on a directory, which keeps its data from one start to the next.
 *
 * It listens on 127.0.0.1 only, ends when this process ends (even by SIGKILL) and is started again, on the same port,
 * when it dies. One opener per directory. The caller closes it; it does not keep the process alive.
 *
 * @throws AppError `unavailable` with a sentence that says what to do
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durable = true, log = () => undefined } = options;
  const paths = await prepareDirectory(options.directory);
  const release = lockDirectory(paths.directory);
  // The server does not keep the process alive, and while it starts nothing else may.
  const awake = setInterval(() => undefined, 1_000);
  try {
    await mkdir(paths.temporary, { recursive: true, mode: 0o700 });
    const tools = await findPostgresTools(paths);
    await handOver(tools.user, [paths.directory, paths.temporary]);
    if (await stopStalePostmaster(paths)) log('A Postgres left over by an earlier run was stopped.');
    await rename(paths.log, paths.previousLog).catch(() => undefined);
    const output = openSync(paths.log, 'a', 0o600);
    try {
      await createCluster(paths, tools, { durable, output });
    } finally {
      closeSync(output);
    }
    await refuseOtherVersion(paths, tools);
    const server = await keepServer(paths, tools, { durable, log });
    return {
      host: serverHost,
      port: server.port,
      database: databaseName,
      user: databaseName,
      password: (await readFile(paths.passwordFile, 'utf8')).trim(),
      version: tools.version,
      close: () => server.close().finally(release),
    };
  } catch (error) {
    release();
    throw error;
  } finally {
    clearInterval(awake);
  }
}

async function prepareDirectory(directory: string): Promise<ClusterPaths> {
  try {
    // Who Postgres runs as has to pass through what is above; what is in it stays closed.
    await mkdir(dirname(directory), { recursive: true, mode: 0o711 });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return clusterPaths(await realpath(directory));
  } catch (cause) {
    throw new AppError('unavailable', `The directory ${directory} cannot be made.`, { cause });
  }
}

async function refuseOtherVersion(paths: ClusterPaths, tools: PostgresTools): Promise<void> {
  const made = (await readFile(join(paths.data, 'PG_VERSION'), 'utf8')).trim();
  if (made === tools.version.split('.').at(0)) return;
  const message = `The data in ${paths.directory} was made by Postgres ${made}, and this is ${tools.version}: dump it with the old version.`;
  throw new AppError('unavailable', message);
}
