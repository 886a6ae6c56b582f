import { spawnSync } from 'node:child_process';

/** Process ids of everything that a process has started, and of what that has started. */
export function findDescendants(ancestor: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=', '-o', 'ppid='], { encoding: 'utf8' });
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const found = [ancestor];
  for (const parent of found) found.push(...pairs.flatMap(([pid, of]) => (pid && of === parent ? [pid] : [])));
  return found.slice(1);
}
