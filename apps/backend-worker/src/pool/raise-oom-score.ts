import { writeFileSync } from 'node:fs';

/** Makes the kernel kill that process first when the machine runs out of memory. Does nothing on systems other than Linux. */
export function raiseOomScore(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // Another system, or the process has exited.
  }
}
