import { writeFileSync } from 'node:fs';

/** Tells the kernel to end that process rather than its parent should the machine run out of memory (Linux; else nothing). */
export function raiseOomScore(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // No such file on this system, or the process is gone already.
  }
}
