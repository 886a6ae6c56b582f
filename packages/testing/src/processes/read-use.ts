import { readdirSync, readFileSync } from 'node:fs';

/** The resources that a process uses. */
export interface ResourceUse {
  /** Resident memory, in bytes. */
  memoryBytes: number;
  sockets: number;
}

/** Reads the resource use of a process from /proc. */
export function readUse(pid: number): ResourceUse {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  const open = readdirSync(`/proc/${pid}/fd`, { withFileTypes: true });
  return { memoryBytes: Number(kibibytes) * 1_024, sockets: open.filter((entry) => entry.isSymbolicLink()).length };
}
