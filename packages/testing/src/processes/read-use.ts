import { readdirSync, readFileSync } from 'node:fs';

/** What a process holds. */
export interface Use {
  /** Resident memory, in bytes. */
  memoryBytes: number;
  sockets: number;
}

/** Reads it from /proc. */
export function readUse(pid: number): Use {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  const open = readdirSync(`/proc/${pid}/fd`, { withFileTypes: true });
  return { memoryBytes: Number(kibibytes) * 1_024, sockets: open.filter((entry) => entry.isSymbolicLink()).length };
}
