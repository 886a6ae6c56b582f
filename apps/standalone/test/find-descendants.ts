import { spawnSync } from 'node:child_process';

/** Returns the process ids of all descendants of a process. */
export function findDescendants(ancestor: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=', '-o', 'ppid='], { encoding: 'utf8' });
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const found = [ancestor];
  for (const parent of found)
    found.push(...pairs.flatMap(([pid, parentPid]) => (pid && parentPid === parent ? [pid] : [])));
  return found.slice(1);
}
