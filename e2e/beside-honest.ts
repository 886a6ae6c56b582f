import { readdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { openClient } from './client.ts';
import { findProcess, residentBytes } from './service-processes.ts';
import type { Service } from './start-service.ts';

/** What an honest client and the machine saw while something else went on. */
export interface Observed<T> {
  outcome: T;
  /** From the picture to its thumbnail, of each honest upload that began meanwhile, in milliseconds. */
  honestMs: number[];
  /** Honest uploads that did not end in a thumbnail. */
  failures: string[];
  /** By how much the API's memory was above where it began, at most. */
  grownBytes: number;
  /** Jobs and objects that nobody honest has sent. */
  strayJobs: number;
  strayObjects: number;
  /** Is the worker the same process as before, and has no renderer died? One that had its share of work makes room. */
  sameWorker: boolean;
}

/** Does something while one honest client sends picture after picture, and tells what both saw. */
export async function besideHonest<T>(
  service: Service,
  picture: Uint8Array<ArrayBuffer>,
  act: () => Promise<T>,
): Promise<Observed<T>> {
  const client = openClient(service.url);
  const api = await findProcess(service.pid, 'backend-api');
  const [jobs, objects, worker, began] = await Promise.all([
    countJobs(service),
    countObjects(service),
    readWorker(service),
    residentBytes(api),
  ]);
  let most = began;
  let acting = true;
  const sampling = setInterval(async () => {
    most = Math.max(most, await residentBytes(api));
  }, 50);
  const failures: string[] = [];
  const honestMs: number[] = [];
  const honest = async () => {
    while (acting) {
      const begin = performance.now();
      const done = await client.runWaiting(picture).catch((error: unknown) => ({ job: { status: String(error) } }));
      honestMs.push(performance.now() - begin);
      if (done.job.status !== 'success') failures.push(done.job.status);
    }
  };
  const acted = act().finally(() => {
    acting = false;
  });
  const [outcome] = await Promise.all([acted, honest()]);
  clearInterval(sampling);
  return {
    outcome,
    honestMs,
    failures,
    grownBytes: most - began,
    strayJobs: (await countJobs(service)) - jobs - honestMs.length,
    // An original and a thumbnail each.
    strayObjects: (await countObjects(service)) - objects - 2 * honestMs.length,
    sameWorker: isDeepStrictEqual(await readWorker(service), worker),
  };
}

/** What one takes on the whole: a client that waits once for long has noticed, however fast its other requests were. */
export const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function readWorker({ pid, workerUrl }: Service) {
  const metrics = await (await fetch(new URL('/metrics', workerUrl))).text();
  const died = /^thumbnails_renderer_replacements_total\{reason="died"\} (\d+)$/m.exec(metrics)?.[1];
  if (!died) throw new Error('the worker does not say how many renderers died');
  return { pid: await findProcess(pid, 'backend-worker'), died };
}

async function countObjects({ objects }: Service): Promise<number> {
  const entries = await readdir(objects, { recursive: true, withFileTypes: true }).catch(() => []);
  const kept = entries.filter((entry) => entry.isFile() && /originals|thumbnails/.test(entry.parentPath));
  return kept.length;
}

async function countJobs({ url }: Service): Promise<number> {
  let count = 0;
  for (let page: string | undefined = new URL('jobs?limit=100', url).href; page; ) {
    const response: Response = await fetch(page);
    count += z.array(z.unknown()).parse(await response.json()).length;
    page = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return count;
}
