import { rm } from 'node:fs/promises';
import { AppError } from '@thumbnail-api/errors';
import type { ClusterPaths } from './cluster-paths.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { findCommandLine, isRunning } from './running-process.ts';

const patience = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

/**
 * Ends a Postgres of this directory whose guard was killed, and says whether there was one.
 *
 * Only for who holds the directory's lock. A process is stopped only when its command line names this very data
 * directory. Where the id in `postmaster.pid` has gone to a stranger, the file is removed, for Postgres would refuse
 * to start; in every other case it is left to Postgres, which also looks for shared memory still in use.
 *
 * @throws AppError `unavailable` when it does not end
 */
export async function stopStalePostmaster(paths: ClusterPaths): Promise<boolean> {
  const file = await readPostmasterFile(paths.data);
  if (!file || !isRunning(file.pid)) return false;
  const isOurs = async () => `${await findCommandLine(file.pid)} `.includes(` -D ${paths.data} `);
  const found = await isOurs();
  for (const [signal, patienceMs] of patience) {
    if (!(await isOurs())) break;
    process.kill(file.pid, signal);
    await waitUntil(async () => !(await isOurs()), patienceMs);
  }
  if (await isOurs()) throw new AppError('unavailable', `The Postgres with process id ${file.pid} cannot be stopped.`);
  // One that has ended may wait for its parent a moment longer, and Postgres would still take it for running.
  await waitUntil(() => !isRunning(file.pid), found ? 2_000 : 0);
  if (isRunning(file.pid)) await rm(`${paths.data}/postmaster.pid`, { force: true });
  return found;
}

async function waitUntil(isTrue: () => boolean | Promise<boolean>, patienceMs: number): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await isTrue()) && performance.now() < end) await Bun.sleep(20);
}
