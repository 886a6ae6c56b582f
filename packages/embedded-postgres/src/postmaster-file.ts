import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a running Postgres writes about itself into `postmaster.pid`. */
export interface PostmasterFile {
  pid: number;
  port: number;
  /** Does it take connections? */
  ready: boolean;
}

/** Reads `postmaster.pid` of a data directory, line by line as the manual has it; null when there is none. */
export async function readPostmasterFile(data: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}
