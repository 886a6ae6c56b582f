import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@thumbnail-api/errors';
import type { ClusterPaths } from './cluster-paths.ts';
import { handOver } from './find-ordinary-user.ts';
import type { PostgresTools } from './find-postgres-tools.ts';
import { runCommand } from './run-command.ts';
import { startGuardedProcess } from './start-guarded-process.ts';

/** The name of the database and of the role that owns it. */
export const databaseName = 'thumbnails';

/**
 * Creates a cluster with its database and a random password, unless the directory already has one.
 *
 * The cluster is created in a staging directory and renamed into place at the end. The next start removes what an
 * interrupted one left behind. With `durable: false`, initdb does not flush to disk.
 *
 * @throws AppError `unavailable` if initdb fails; its output is in the log file
 */
export async function createCluster(
  paths: ClusterPaths,
  tools: PostgresTools,
  options: { durable: boolean; output: number },
): Promise<void> {
  await removeLeftovers(paths.directory);
  if (existsSync(paths.cluster)) return;

  const staging = join(paths.directory, `cluster-${randomBytes(6).toString('hex')}`);
  await mkdir(staging, { mode: 0o700 });
  const passwordFile = join(staging, 'password');
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  await handOver(tools.user, [staging, passwordFile]);
  const data = join(staging, 'data');
  await initialiseData(data, passwordFile, tools, options);
  await createDatabase(data, tools);
  await rename(staging, paths.cluster);
  await flush(paths.directory);
  // Again: the initdb of an owner that was just killed may have written files during the first pass.
  await removeLeftovers(paths.directory);
}

async function removeLeftovers(directory: string): Promise<void> {
  const leftovers = (await readdir(directory)).filter((entry) => entry.startsWith('cluster-'));
  for (const leftover of leftovers)
    await rm(join(directory, leftover), { recursive: true, force: true }).catch(() => undefined);
}

async function initialiseData(
  data: string,
  passwordFile: string,
  tools: PostgresTools,
  options: { durable: boolean; output: number },
): Promise<void> {
  const initdb = await startGuardedProcess(
    [
      ...[...tools.user.prefix, tools.initdb, '-D', data, '--username', databaseName, '--pwfile', passwordFile],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C'],
      ...['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--no-instructions'],
      ...(options.durable ? [] : ['--no-sync']),
    ],
    { output: options.output, environment: tools.environment },
  );
  if ((await initdb.exited) !== 0) throw new AppError('unavailable', 'The embedded Postgres could not be initialised.');
}

/** Needs no client: in single-user mode, Postgres reads SQL from its standard input. */
async function createDatabase(data: string, tools: PostgresTools): Promise<void> {
  const command = [...tools.user.prefix, tools.postgres, '--single', '-j', '-D', data, 'postgres'];
  const input = `CREATE DATABASE ${databaseName};\n\n`;
  const { exitCode, stderr } = await runCommand(command, { input, environment: tools.environment });
  if (exitCode === 0) return;
  const cause = new Error(stderr.trim());
  throw new AppError('unavailable', 'The database of the embedded Postgres could not be created.', { cause });
}

async function flush(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}
