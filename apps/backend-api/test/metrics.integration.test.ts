import { Secret } from '@thumbnail-api/config';
import { claimJob } from '@thumbnail-api/jobs';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

const { promtool } = inject('services');
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const read = async (from: TestApi = api) => (await from.request('/metrics')).text();
/** The lines with values of one metric. */
const series = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(name));
const create = async (from: TestApi = api) =>
  jobSchema.parse(await (await from.post(await drawQuarters(10, 10))).json());

test('every line is valid in the Prometheus text format, with one HELP line per metric', async () => {
  await create();
  await api.request('/nowhere');
  const response = await api.request('/metrics');
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  const help = lines.filter((line) => line.startsWith('# HELP ')).map((line) => line.split(' ')[2]);
  expect(new Set(help).size).toBe(help.length);
  const sample = /^[a-z_]+(?:\{[a-z_]+="[^"\\]*"(?:,[a-z_]+="[^"\\]*")*\})? (?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf)$/;
  expect(lines.filter((line) => !line.startsWith('# ') && !sample.test(line))).toEqual([]);
  expect(help).toEqual(expect.arrayContaining(['process_cpu_seconds_total', 'thumbnails_jobs_due']));
});

test.skipIf(!promtool)('promtool reports no error', async () => {
  const check = Bun.spawn([promtool ?? '', 'check', 'metrics'], { stdin: new Blob([await read()]), stderr: 'pipe' });
  expect([await check.exited, await new Response(check.stderr).text()]).toEqual([0, '']);
});

test('requests are counted by operation, and no path, id or unknown method becomes a label', async () => {
  const { id } = await create();
  const before = series(await read(), 'thumbnails_http').length;
  await api.request(`/jobs/${id}`);
  await api.request(`/jobs/${id}`, { method: 'HEAD' });
  const known = await read();
  for (let index = 0; index < 50; index += 1) {
    await api.request(`/jobs/${Bun.randomUUIDv7()}`);
    await api.request(`/${Bun.randomUUIDv7()}/${index}?a=${index}`);
    await api.request(`/jobs/${id}/thumbnails/${index}`);
  }
  for (const method of ['PUT', 'PATCH', 'PROPFIND', 'MKCOL']) await api.request('/jobs', { method });
  const text = await read();
  expect(series(known, 'thumbnails_http_requests_total')).toContain(
    'thumbnails_http_requests_total{operation="getJob",method="GET",status="200"} 1',
  );
  expect(series(known, 'thumbnails_http_requests_total')).toContain(
    'thumbnails_http_requests_total{operation="getJob",method="HEAD",status="200"} 1',
  );
  expect(series(text, 'thumbnails_http_requests_total')).toContain(
    'thumbnails_http_requests_total{operation="getJob",method="GET",status="404"} 50',
  );
  // 150 unknown requests add at most four pairs of operation and method, with 15 series each, plus one per status.
  expect(series(text, 'thumbnails_http').length - before).toBeLessThan(6 * 16);
  expect(text).not.toContain(id);
  expect(new Set([...text.matchAll(/method="(\w+)"/g)].map(([, method]) => method))).toEqual(
    new Set(['GET', 'HEAD', 'POST', 'other']),
  );
});

test('metrics show uploads, jobs, messages and dependencies', async () => {
  const other = await openTestApi();
  const value = async (name: string) =>
    Number(
      series(await read(other), name)[0]
        ?.split(' ')
        .at(-1),
    );
  const [running, done] = [await create(other), await create(other)];
  await create(other);
  await claimJob(other.deps, running.id);
  await endJob(other.deps, done.id);
  expect(await value('thumbnails_jobs_created_total')).toBe(3);
  expect(await value('thumbnails_upload_bytes_total')).toBeGreaterThan(3 * 60);
  expect(await value('thumbnails_jobs_unfinished{status="uploaded"}')).toBe(1);
  expect(await value('thumbnails_jobs_unfinished{status="processing"}')).toBe(1);
  expect(await value('thumbnails_jobs_due')).toBe(1);
  expect(await value('thumbnails_oldest_due_job_age_seconds')).toBeGreaterThan(0);
  expect(await value('thumbnails_queue_messages{state="all"}')).toBe(3);
  expect(await value('thumbnails_dependency_up{dependency="storage"}')).toBe(1);
  expect(await value('thumbnails_upload_slots{state="free"}')).toBe(4);
  await other.close();
});

test('an event stream is counted while it is open', async () => {
  const open = async () =>
    Number(
      series(await read(), 'thumbnails_event_streams_open')[0]
        ?.split(' ')
        .at(-1),
    );
  const { id } = await create();
  const reader = (await api.request(`/jobs/${id}/events`)).body?.getReader();
  await reader?.read();
  await reader?.read();
  expect(await open()).toBe(1);
  await reader?.cancel();
  expect(await open()).toBe(0);
});

test('queries each dependency once for many scrapes, and shows other metrics while some are unavailable', async () => {
  let calls = 0;
  const fail = () => {
    calls += 1;
    return Promise.reject(new Error('unavailable'));
  };
  const broken = await openTestApi({
    database: { ...api.deps.database, run: fail },
    store: { ...api.deps.store, check: fail },
    publisher: { ...api.deps.publisher, count: fail, countWaiting: fail, check: fail },
  });
  const texts = await Promise.all(Array.from({ length: 20 }, () => read(broken)));
  expect(calls).toBe(5);
  expect(series(texts[0] ?? '', 'thumbnails_dependency_up').sort()).toEqual([
    'thumbnails_dependency_up{dependency="database"} 1',
    'thumbnails_dependency_up{dependency="databaseWrites"} 1',
    'thumbnails_dependency_up{dependency="queue"} 0',
    'thumbnails_dependency_up{dependency="storage"} 0',
  ]);
  expect(series(texts[0] ?? '', 'thumbnails_queue_messages')).toEqual([]);
  expect(series(texts[0] ?? '', 'thumbnails_jobs_due')).toEqual([]);
  expect(series(texts[0] ?? '', 'thumbnails_oldest_due_job_age_seconds')).toEqual([]);
  expect(series(texts[0] ?? '', 'thumbnails_jobs_unfinished')).toEqual([]);
  expect(series(texts[0] ?? '', 'thumbnails_uploads_waiting')).toEqual(['thumbnails_uploads_waiting 0']);
  await broken.close();
});

describe('with a token', () => {
  let guarded: TestApi;
  beforeAll(async () => {
    guarded = await openTestApi({
      config: { metrics: { token: new Secret('the-token'), isOpen: true } },
    });
  });
  afterAll(() => guarded.close());
  const get = (path: string, authorization?: string) =>
    guarded.request(path, { headers: authorization ? { authorization } : {} });

  test('metrics require the token', async () => {
    const refused = await get('/metrics');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect((await get('/metrics', 'Bearer another')).status).toBe(401);
    expect((await get('/metrics', 'Bearer the-token')).status).toBe(200);
  });

  test('readiness lists the dependencies only with the token', async () => {
    expect(await (await get('/health/ready')).json()).toEqual({ status: 'up' });
    expect(await (await get('/health/ready', 'Bearer the-token')).json()).toMatchObject({
      dependencies: { database: 'up', queue: 'up', storage: 'up' },
    });
  });
});
