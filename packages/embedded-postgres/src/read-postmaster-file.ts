import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The content of `postmaster.pid`, which a running Postgres writes. */
export interface PostmasterFile {
  pid: number;
  port: number;
  /** Whether Postgres accepts connections. */
  ready: boolean;
}

/**
 * Reads `postmaster.pid` of a data directory. Returns null if there is none.
 *
 * The Postgres manual documents its lines.
 */
export async function readPostmasterFile(data: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}
