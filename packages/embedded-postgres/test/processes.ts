import { spawnSync } from 'node:child_process';

/** A process as `ps` lists it. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  group: number;
  commandLine: string;
}

/** Lists all processes of the machine except zombies. */
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
