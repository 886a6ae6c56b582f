import { spawnSync } from 'node:child_process';

/** One process as `ps` sees it. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  group: number;
  commandLine: string;
}

/** Every living process of the machine; those that only wait for their parent to notice their end are left out. */
export function listProcesses(): ProcessFacts[] {
  const format = ['pid=', 'ppid=', 'pgid=', 'stat=', 'command='].flatMap((field) => ['-o', field]);
  const { stdout } = spawnSync('ps', ['-A', '-ww', ...format], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, group, state, commandLine = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (!pid || state?.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), commandLine }];
  });
}
