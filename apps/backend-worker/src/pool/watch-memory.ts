import { readFileSync } from 'node:fs';

const everyMs = 20;
// A process of its own for each look: looked at less often.
const everyWithoutProcMs = 250;

/** A look at the memory of a process that goes on until it is stopped. */
export interface MemoryWatch {
  /** The most resident memory seen, in bytes. */
  peakBytes: () => number;
  stop: () => void;
}

/**
 * Looks at the resident memory of a process every 20 ms (250 ms where there is no /proc) and calls `onExcess` each time
 * it is above `maxBytes`. A process that is gone has none.
 */
export function watchMemory(pid: number, maxBytes: number, onExcess: () => void): MemoryWatch {
  let peak = 0;
  const note = (bytes: number) => {
    peak = Math.max(peak, bytes);
    if (bytes > maxBytes) onExcess();
  };
  const hasProc = process.platform === 'linux';
  const look = hasProc ? () => note(residentBytes(pid)) : () => residentBytesByPs(pid).then(note);
  look();
  const timer = setInterval(look, hasProc ? everyMs : everyWithoutProcMs);
  return { peakBytes: () => peak, stop: () => clearInterval(timer) };
}

/** The resident memory of a process by /proc, in bytes; 0 when it is gone. */
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
