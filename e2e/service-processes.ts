import { readdir } from 'node:fs/promises';

interface ServiceProcess {
  pid: number;
  parent: number;
  /** The folder below `apps` that it runs. */
  name: string;
}

/** Finds the process below `pid` that runs the app `name`. Linux only. @throws Error when there is none */
export async function findProcess(pid: number, name: string): Promise<number> {
  const found = (await listDescendants(pid)).find((process) => process.name === name);
  if (!found) throw new Error(`no process runs ${name}`);
  return found.pid;
}

/** Returns the resident memory of a process, in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function listDescendants(pid: number): Promise<ServiceProcess[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const all = (await Promise.all(pids.map(readProcess))).filter((process) => process !== null);
  const childrenOf = (parent: number): ServiceProcess[] =>
    all.filter((process) => process.parent === parent).flatMap((child) => [child, ...childrenOf(child.pid)]);
  return childrenOf(pid);
}

async function readProcess(pid: number): Promise<ServiceProcess | null> {
  const read = (file: string) =>
    Bun.file(`/proc/${pid}/${file}`)
      .text()
      .catch(() => '');
  const [status, command] = [await read('status'), await read('cmdline')];
  const parent = /PPid:\s+(\d+)/.exec(status)?.[1];
  if (parent === undefined) return null;
  return { pid, parent: Number(parent), name: /apps\/([\w-]+)\/src\//.exec(command)?.[1] ?? '' };
}
