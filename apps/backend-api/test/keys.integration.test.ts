import { createKey, listKeys, revokeKey } from '@thumbnail-api/api-keys';
import { AppError } from '@thumbnail-api/errors';
import { claimJob, failJob } from '@thumbnail-api/jobs';
import type { Logger } from '@thumbnail-api/telemetry';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { actionSchema } from '../src/http/actions.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';
import { bearer, keyed, makeKeys } from './test-keys.ts';

let api: TestApi;
let keys: Awaited<ReturnType<typeof makeKeys>>;
beforeAll(async () => {
  api = await openTestApi({ config: { access: keyed } });
  keys = await makeKeys(api.deps);
});
afterAll(() => api.close());

const send = (path: string, key: string, init: RequestInit = {}) =>
  api.request(path, { ...init, headers: { ...bearer(key), ...(init.headers as Record<string, string>) } });
const create = async (key: string, headers: Record<string, string> = {}) => {
  const body = new Blob([await drawQuarters(10, 10)]);
  return send('/jobs', key, { method: 'POST', headers: { 'content-type': 'image/png', ...headers }, body });
};
const createdId = async (key: string) => jobSchema.parse(await (await create(key)).json()).id;
const actionsOf = async (response: Response) =>
  z.looseObject({ actions: z.array(actionSchema) }).parse(await response.json()).actions;
const namesOf = async (response: Response) => (await actionsOf(response)).map(({ name }) => name);

test('rejects a revoked key from the next request on, and keeps its jobs for other keys of the owner', async () => {
  const { key } = await createKey(api.deps, { name: 'short', scope: 'write' });
  const id = await createdId(key);
  await revokeKey(api.deps, 'short');
  expect((await send(`/jobs/${id}`, key)).status).toBe(401);
  const successor = await createKey(api.deps, { name: 'successor', scope: 'read', sharedWith: 'short' });
  expect((await send(`/jobs/${id}`, successor.key)).status).toBe(200);
});

test('the entry point offers the actions that the key allows', async () => {
  expect(await namesOf(await api.request('/'))).toEqual(['API Documentation']);
  expect(await namesOf(await send('/', keys.read))).toEqual(['List Jobs', 'API Documentation']);
  expect(await namesOf(await send('/', keys.write))).toEqual([
    'Create Job',
    'List Jobs',
    'Create Batch',
    'API Documentation',
  ]);
  expect((await send('/', keys.revoked)).status).toBe(401);
});

test('a read key sees the jobs of its owner and is offered no action that changes them', async () => {
  const id = await createdId(keys.write);
  await endJob(api.deps, id);
  const seen = await actionsOf(await send(`/jobs/${id}`, keys.read));
  expect(seen.map(({ name }) => name)).toEqual([
    ...['View Details', 'Download', 'Download default', 'Share', 'Share default', 'View Original', 'View Image'],
  ]);
  const image = seen.find(({ name }) => name === 'View Image')?.href.replace('http://localhost', '') ?? '';
  expect(await namesOf(await send(image, keys.read))).toEqual(['View Details', 'List Jobs', 'View Original']);
});

test('a list contains only jobs of the caller, even with the cursor of another owner', async () => {
  const { key: first } = await createKey(api.deps, { name: 'first', scope: 'write' });
  const { key: second } = await createKey(api.deps, { name: 'second', scope: 'write' });
  const ids = [await createdId(first), await createdId(first), await createdId(first)];
  const own = await createdId(second);
  const idsOf = async (response: Response) =>
    z
      .array(jobSchema)
      .parse(await response.json())
      .map(({ id }) => id);
  const page = await send('/jobs?limit=2&status=uploaded', first);
  const next = /<http:\/\/localhost([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
  expect(await idsOf(page)).toEqual([ids[2], ids[1]]);
  expect(await idsOf(await send(next, first))).toEqual([ids[0]]);
  expect(await idsOf(await send(next, second))).toEqual([]);
  expect(await idsOf(await send('/jobs', second))).toEqual([own]);
});

test('jobs created with AUTH=none are visible only to keys of the owner everybody', async () => {
  const open = await openTestApi({ database: api.deps.database, store: api.deps.store });
  const { id } = jobSchema.parse(await (await open.post(await drawQuarters(10, 10))).json());
  const { key } = await createKey(api.deps, { name: 'all', scope: 'write', sharedWith: 'everybody' });
  expect((await send(`/jobs/${id}`, keys.write)).status).toBe(404);
  expect((await send(`/jobs/${id}`, key)).status).toBe(200);
  const own = await createdId(keys.write);
  expect((await open.request(`/jobs/${own}`)).status).toBe(404);
  await open.close();
});

test('rejects the retry of a job of another owner', async () => {
  const id = await createdId(keys.write);
  const run = await claimJob(api.deps, id);
  const crash = { code: 'render_crashed', message: 'It crashed.', retryable: false } as const;
  await failJob(api.deps, { id, run: run?.run ?? 0, tries: 0, crashes: 1 }, crash);
  expect((await send(`/jobs/${id}/retry`, keys.other, { method: 'POST' })).status).toBe(404);
  expect(jobSchema.parse(await (await send(`/jobs/${id}`, keys.read)).json()).status).toBe('error');
  expect((await send(`/jobs/${id}/retry`, keys.write, { method: 'POST' })).status).toBe(202);
});

test('answers preflight requests without a key, and lets a configured origin read a 401', async () => {
  const origin = 'https://app.example';
  const open = await openTestApi({ database: api.deps.database, config: { access: keyed, corsOrigins: [origin] } });
  const headers = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  };
  const preflight = await open.request('/jobs', { method: 'OPTIONS', headers });
  expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([204, 'authorization']);
  const rejected = await open.request('/jobs', { headers: { origin } });
  expect([rejected.status, rejected.headers.get('access-control-allow-origin')]).toEqual([401, origin]);
  expect((await api.request('/jobs', { method: 'OPTIONS' })).status).toBe(405);
  await open.close();
});

test('two owners can use the same Idempotency-Key for different uploads', async () => {
  const headers = { 'idempotency-key': 'the-same' };
  const [one, two] = [await create(keys.write, headers), await create(keys.other, headers)];
  const again = await create(keys.write, headers);
  const idOf = async (response: Response) => jobSchema.parse(await response.json()).id;
  const ids = [await idOf(one), await idOf(two), await idOf(again)];
  expect(new Set(ids).size).toBe(2);
  expect(ids[2]).toBe(ids[0]);
});

test('answers 503, not 401, while the database is unavailable', async () => {
  const fail = () => Promise.reject(new AppError('unavailable', 'The database is unavailable.', { retryable: true }));
  const database = { ...api.deps.database, run: fail, transaction: fail };
  const broken = await openTestApi({ database, config: { access: keyed } });
  for (const path of ['/', '/jobs']) {
    const response = await broken.request(path, { headers: bearer(keys.write) });
    expect([path, response.status]).toEqual([path, 503]);
  }
  expect((await broken.request('/jobs')).status).toBe(401);
  await broken.close();
});

/** A logger that appends every line, with all its fields, to `lines`. */
function logTo(lines: string[], inherited: object = {}): Logger {
  const write = (...line: unknown[]) => lines.push(Bun.inspect([inherited, line], { depth: 9 }));
  const child = (fields: object) => logTo(lines, { ...inherited, ...fields });
  return { child, info: write, warn: write, error: write } as unknown as Logger;
}

test('no log line and no row contains a key, and log lines contain its id', async () => {
  const lines: string[] = [];
  const log = logTo(lines);
  const logged = await openTestApi({ database: api.deps.database, log, config: { access: keyed } });
  for (const key of Object.values(keys)) {
    await logged.request('/jobs?cursor=x', { headers: bearer(key) });
    await logged.request('/jobs', { method: 'POST', headers: bearer(key), body: 'x' });
  }
  await logged.close();
  const kept = await listKeys(api.deps);
  const text = `${lines.join('')}${JSON.stringify(kept)}`;
  for (const key of Object.values(keys)) expect(text).not.toContain(key.slice(3));
  expect(text).toContain(`keyId: "${kept.find(({ name }) => name === 'write')?.id}"`);
  expect(kept.find(({ name }) => name === 'write')?.lastUsedAt).toBeInstanceOf(Date);
  expect(kept.find(({ name }) => name === 'revoked')?.lastUsedAt).toBeNull();
});

test('a cache does not reuse a response for another key', async () => {
  const id = await createdId(keys.write);
  await endJob(api.deps, id);
  const download = await send(`/jobs/${id}/download`, keys.write);
  await download.body?.cancel();
  expect(download.headers.get('vary')).toContain('Authorization');
});
