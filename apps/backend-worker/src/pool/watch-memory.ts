import { readFileSync } from 'node:fs';

const intervalMs = 20;
// Without /proc each reading starts a process.
const intervalWithoutProcMs = 250;

/** Watches the memory of a process until it is stopped. */
export interface MemoryWatch {
  /** The largest resident memory read so far, in bytes. */
  peakBytes: () => number;
  stop: () => void;
}

/**
 * Reads the resident memory of a process every 20 ms (250 ms without /proc) and calls `onExceeded` for each reading above
 * `maxBytes`. A process that has exited has 0 bytes.
 */
export function watchMemory(pid: number, maxBytes: number, onExceeded: () => void): MemoryWatch {
  let peak = 0;
  const record = (bytes: number) => {
    peak = Math.max(peak, bytes);
    if (bytes > maxBytes) onExceeded();
  };
  const hasProc = process.platform === 'linux';
  const read = hasProc ? () => record(residentBytes(pid)) : () => residentBytesByPs(pid).then(record);
  read();
  const timer = setInterval(read, hasProc ? intervalMs : intervalWithoutProcMs);
  return { peakBytes: () => peak, stop: () => clearInterval(timer) };
}

/** Returns the resident memory of a process from /proc, in bytes; 0 if it has exited or there is no /proc. */
export function residentBytes(pid: number): number {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

async function residentBytesByPs(pid: number): Promise<number> {
  const ps = Bun.spawn(['ps', '-o', 'rss=', '-p', String(pid)], { stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' });
  return (Number.parseInt(await new Response(ps.stdout).text(), 10) || 0) * 1024;
}
