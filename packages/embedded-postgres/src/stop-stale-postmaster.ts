import { rm } from 'node:fs/promises';
import { AppError } from '@thumbnail-api/errors';
import type { ClusterPaths } from './cluster-paths.ts';
import { readPostmasterFile } from './read-postmaster-file.ts';
import { findCommandLine, isRunning } from './running-process.ts';

/** The signals to send, each with the time that Postgres has to exit before the next one. */
const signals = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;
const zombieDeadlineMs = 2_000;

/**
 * Stops a Postgres that still runs on this directory because its guard was killed. Returns whether there was one.
 *
 * The caller must hold the lock of the directory. A process is stopped only if its command line names this data
 * directory. If another process now has the id in `postmaster.pid`, the file is removed, because Postgres would refuse to
 * start. Otherwise Postgres handles the file itself: it also checks for shared memory in use.
 *
 * @throws AppError `unavailable` if the process cannot be stopped
 */
export async function stopStalePostmaster(paths: ClusterPaths): Promise<boolean> {
  const file = await readPostmasterFile(paths.data);
  if (!file || !isRunning(file.pid)) return false;
  const isOurs = async () => `${await findCommandLine(file.pid)} `.includes(` -D ${paths.data} `);
  const found = await isOurs();
  for (const [signal, deadlineMs] of signals) {
    if (!(await isOurs())) break;
    process.kill(file.pid, signal);
    await pollUntil(async () => !(await isOurs()), deadlineMs);
  }
  if (await isOurs()) throw new AppError('unavailable', `The Postgres with process id ${file.pid} cannot be stopped.`);
  // It may still be a zombie, which Postgres would mistake for a running server.
  await pollUntil(() => !isRunning(file.pid), found ? zombieDeadlineMs : 0);
  if (isRunning(file.pid)) await rm(`${paths.data}/postmaster.pid`, { force: true });
  return found;
}

async function pollUntil(isTrue: () => boolean | Promise<boolean>, deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await isTrue()) && performance.now() < deadline) await Bun.sleep(20);
}
