import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from './client.ts';
import { drawQuarters } from './images.ts';
import { type Service, startService } from './start-service.ts';

const monitoring = join(import.meta.dirname, '../deploy/monitoring');
let service: Service;
beforeAll(async () => {
  service = await startService({});
});
afterAll(() => service?.stop());

/** Reads the names of the metrics that a process exports. */
async function readNames(url: string): Promise<string[]> {
  const page = await (await fetch(new URL('/metrics', url))).text();
  return [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '');
}

test('the API or the worker exports every metric that an alert or the dashboard uses', async () => {
  await openClient(service.url).run(await drawQuarters(64, 64));
  const exported = [...(await readNames(service.url)), ...(await readNames(service.workerUrl))];
  const files = ['alerts.yml', 'dashboards/thumbnail-api.json'].map((name) => Bun.file(join(monitoring, name)).text());
  const used = (await Promise.all(files)).join('\n').matchAll(/\b(?:thumbnails|process)_[a-z_]+/g);
  const names = new Set([...used].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, '')));
  expect(names.size).toBeGreaterThan(15);
  expect([...names].filter((name) => !exported.includes(name))).toEqual([]);
});
