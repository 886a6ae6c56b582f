import { readFile } from 'node:fs/promises';
import { runCommand } from './run-command.ts';

/** Returns whether there is a process with this id. A zombie counts. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}

/** Returns the command line of a process, joined by spaces; empty if there is no such process or it is a zombie. */
export async function findCommandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return words.split('\0').join(' ').trim();
  }
  return (await runCommand(['ps', '-ww', '-o', 'command=', '-p', String(pid)])).stdout.trim();
}
