import { readdir } from 'node:fs/promises';
import { expect } from 'vitest';
import { z } from 'zod';
import { openClient } from './client.ts';
import { drawQuarters } from './images.ts';
import { findProcess, residentBytes } from './service-processes.ts';
import { type Service, startService } from './start-service.ts';

const mebibyte = 1024 ** 2;
const grownBytesMax = 150 * mebibyte;
/** How many times slower a regular client may become: it shares two cores with the attack itself. */
const slowdownMax = 10;

/** A running service that tests attack. */
export interface AttackTarget {
  service: Service;
  /** What the regular client uploads. */
  image: Uint8Array<ArrayBuffer>;
  /**
   * Runs `attack` while a regular client uploads one image after another, and returns the result of `attack`.
   *
   * Fails the test unless every regular upload got its thumbnail in about the usual time, the attack left no job and no
   * object behind, the API's memory stayed within limits, and neither the worker nor a renderer died.
   */
  withstand<T>(attack: () => Promise<T>): Promise<T>;
}

/** Starts a service and measures how long a regular client usually takes. The caller stops the service. */
export async function startAttackTarget(environment: Record<string, string>): Promise<AttackTarget> {
  const service = await startService(environment);
  const image = await drawQuarters(320, 240);
  const client = openClient(service.url);
  const upload20 = async () => {
    for (let count = 0; count < 20; count += 1) await client.run(image);
  };
  await upload20();
  const usual = await observe(service, image, upload20);
  return {
    service,
    image,
    async withstand(attack) {
      const before = await readState(service);
      const { result, durationsMs, failures, grownBytes } = await observe(service, image, attack);
      expect(failures).toEqual([]);
      // Each regular upload adds a job, an original and a thumbnail. Anything above that came from the attack.
      const uploads = durationsMs.length;
      expect(await readState(service)).toEqual({
        ...before,
        jobs: before.jobs + uploads,
        objects: before.objects + 2 * uploads,
      });
      expect(grownBytes).toBeLessThan(grownBytesMax);
      expect(mean(durationsMs)).toBeLessThan(slowdownMax * mean(usual.durationsMs));
      return result;
    },
  };
}

/** Runs `act` while a regular client uploads one image after another. `grownBytes` is the peak growth of the API's memory. */
async function observe<T>(service: Service, image: Uint8Array<ArrayBuffer>, act: () => Promise<T>) {
  const client = openClient(service.url);
  const api = await findProcess(service.pid, 'backend-api');
  const startBytes = await residentBytes(api);
  let peakBytes = startBytes;
  const sampling = setInterval(async () => {
    peakBytes = Math.max(peakBytes, await residentBytes(api));
  }, 50);
  let isActing = true;
  const acted = act().finally(() => {
    isActing = false;
  });
  const failures: string[] = [];
  const durationsMs: number[] = [];
  const uploadRegularly = async () => {
    while (isActing) {
      const startedAt = performance.now();
      const status = await client.runWaiting(image).then(({ job }) => job.status, String);
      durationsMs.push(performance.now() - startedAt);
      if (status !== 'success') failures.push(status);
    }
  };
  const [result] = await Promise.all([acted, uploadRegularly()]);
  clearInterval(sampling);
  return { result, failures, durationsMs, grownBytes: peakBytes - startBytes };
}

/** The mean, unlike the median, shows a client that waited long once. */
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function readState(service: Service) {
  const metrics = await (await fetch(new URL('/metrics', service.workerUrl))).text();
  const diedRenderers = /^thumbnails_renderer_replacements_total\{reason="died"\} (\d+)$/m.exec(metrics)?.[1];
  if (!diedRenderers) throw new Error('the worker does not count the renderers that died');
  const worker = await findProcess(service.pid, 'backend-worker');
  return { jobs: await countJobs(service), objects: await countObjects(service), worker, diedRenderers };
}

async function countObjects({ objects }: Service): Promise<number> {
  const entries = await readdir(objects, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile() && /originals|thumbnails/.test(entry.parentPath)).length;
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
