import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from './client.ts';
import { drawQuarters } from './pictures.ts';
import { type Service, startService } from './start-service.ts';

const monitoring = join(import.meta.dirname, '../deploy/monitoring');
let service: Service;
beforeAll(async () => {
  service = await startService({});
});
afterAll(() => service?.stop());

/** The names that a page of metrics explains. */
async function readNames(url: string): Promise<string[]> {
  const page = await (await fetch(new URL('/metrics', url))).text();
  return [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '');
}

test('every metric that an alert or the dashboard asks for is told by the API or the worker, under that name', async () => {
  await openClient(service.url).run(await drawQuarters(64, 64));
  const told = [...(await readNames(service.url)), ...(await readNames(service.workerUrl))];
  const files = ['alerts.yml', 'dashboards/thumbnail-api.json'].map((name) => Bun.file(join(monitoring, name)).text());
  const asked = (await Promise.all(files)).join('\n').matchAll(/\b(?:thumbnails|process)_[a-z_]+/g);
  const names = new Set([...asked].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, '')));
  expect(names.size).toBeGreaterThan(15);
  expect([...names].filter((name) => !told.includes(name))).toEqual([]);
});
