import { readdir } from 'node:fs/promises';

/** One process of the service. */
interface ServiceProcess {
  pid: number;
  /** The folder below `apps` that it runs, or `renderer`. */
  name: string;
}

/** Every process that descends from `pid`, by what it runs. Linux only. */
async function listProcesses(pid: number): Promise<ServiceProcess[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const found = await Promise.all(pids.map(readProcess));
  const known = new Set([pid]);
  const family: ServiceProcess[] = [];
  // A child may have a smaller number than its parent.
  for (let before = 0; before < known.size; ) {
    before = known.size;
    for (const process of found) {
      if (!process || !known.has(process.parent) || known.has(process.pid)) continue;
      known.add(process.pid);
      family.push({ pid: process.pid, name: process.name });
    }
  }
  return family;
}

/** The one process of the service that runs `name`. */
export async function findProcess(pid: number, name: string): Promise<number> {
  const found = (await listProcesses(pid)).find((process) => process.name === name);
  if (!found) throw new Error(`no process runs ${name}`);
  return found.pid;
}

/** Resident memory of a process, in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function readProcess(pid: number) {
  const [status, command] = await Promise.all(
    ['status', 'cmdline'].map((file) =>
      Bun.file(`/proc/${pid}/${file}`)
        .text()
        .catch(() => ''),
    ),
  );
  const parent = /PPid:\s+(\d+)/.exec(status ?? '')?.[1];
  if (parent === undefined) return null;
  const [, app = '', renderer] = /apps\/([\w-]+)\/src\/(renderer\/)?/.exec(command ?? '') ?? [];
  return { pid, parent: Number(parent), name: renderer ? 'renderer' : app };
}
