import { readFile } from 'node:fs/promises';
import { runCommand } from './run-command.ts';

/** Is there a process of this id? One that has ended and waits for its parent to notice counts. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}

/** The words a process was started with, joined by spaces; empty when there is none, or it has ended. */
export async function findCommandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return words.split('\0').join(' ').trim();
  }
  return (await runCommand(['ps', '-ww', '-o', 'command=', '-p', String(pid)])).stdout.trim();
}
