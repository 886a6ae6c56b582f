import { writeFileSync } from 'node:fs';

/** Makes the kernel kill this process before its parent when the machine runs out of memory. Linux only; elsewhere it does nothing. */
export function raiseOomScore(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // Another system, or the process has exited.
  }
}
