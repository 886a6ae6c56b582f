import { drawQuarters } from '@thumbnail-api/testing';
import { expect, onTestFinished, test } from 'vitest';
import { problemSchema } from '../src/http/problem.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi } from './open-test-api.ts';
import { bearer, keyed, makeKeys } from './test-keys.ts';

type Config = NonNullable<NonNullable<Parameters<typeof openTestApi>[0]>['config']>;
const none = { unfinishedJobs: 0, storedBytes: 0, eventStreams: 0 };
const unlimited = { requests: 0, bytes: 0, renderSeconds: 0, windowSeconds: 60 };

async function open(config: Config) {
  const api = await openTestApi({ config: { access: keyed, ...config } });
  onTestFinished(() => api.close());
  const keys = await makeKeys(api.deps);
  const image = await drawQuarters(20, 20);
  const upload = (path = '/jobs', key = keys.write) => {
    const form = new FormData();
    form.append('file', new Blob([image]), 'a.png');
    return api.request(path, { method: 'POST', body: form, headers: bearer(key) });
  };
  const send = (path: string, init: RequestInit = {}, key = keys.write) =>
    api.request(path, { ...init, headers: { ...bearer(key), ...(init.headers as Record<string, string>) } });
  return { api, keys, image, upload, send };
}
const problemOf = async (response: Response) => {
  const { status, code } = problemSchema.parse(await response.json());
  return [status, code, response.headers.has('retry-after')];
};

test('too many unfinished jobs are rejected with 429 and Retry-After, for one owner', async () => {
  const { upload, keys } = await open({ bounds: { ...none, unfinishedJobs: 1 } });
  expect((await upload()).status).toBe(201);
  expect(await problemOf(await upload())).toEqual([429, 'rate_limited', true]);
  expect((await upload('/jobs', keys.other)).status).toBe(201);
});

test('every way to ask for a rendering uses the render time of its owner and is rejected when it is used up', async () => {
  const { upload, send, api, keys } = await open({ rateLimits: { ...unlimited, renderSeconds: 1 } });
  const job = jobSchema.parse(await (await upload()).json());
  await endJob(api.deps, job.id);
  const path = `/images/${job.image.id}/jobs?width=2000&height=2000&format=avif`;
  expect((await send(path, { method: 'POST' })).status).toBe(201);
  expect((await send('/jobs')).status).toBe(200);
  const rejected = [
    await send(`/images/${job.image.id}/jobs`, { method: 'POST' }),
    await upload(),
    await upload('/batches'),
    await send(`/jobs/${job.id}/retry`, { method: 'POST' }),
    await send('/jobs/retry', { method: 'POST' }),
    await send(`/batches/${job.id}/retry`, { method: 'POST' }),
  ];
  for (const response of rejected) expect(await problemOf(response)).toEqual([429, 'rate_limited', true]);
  expect((await upload('/jobs', keys.other)).status).toBe(201);
});

test('a batch uses as much render time as its jobs, not as one request', async () => {
  const { image, send, upload } = await open({ rateLimits: { ...unlimited, renderSeconds: 2 } });
  const form = new FormData();
  for (const name of ['a', 'b', 'c', 'd']) form.append('file', new Blob([image]), name);
  const options = '?width=1200&height=1200&format=avif';
  expect((await send(`/batches${options}`, { method: 'POST', body: form })).status).toBe(201);
  expect(await problemOf(await upload())).toEqual([429, 'rate_limited', true]);
});

test('a full quota is answered with 403 until an image is deleted', async () => {
  const { image, upload, send } = await open({ bounds: { ...none, storedBytes: 500 } });
  expect(image.length).toBeLessThan(250);
  const first = jobSchema.parse(await (await upload()).json());
  let last = await upload();
  for (let count = 0; last.status === 201 && count < 5; count += 1) last = await upload();
  expect(await problemOf(last)).toEqual([403, 'quota_exceeded', false]);
  expect((await send(`/images/${first.image.id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await upload()).status).toBe(201);
});

test('event streams above the bound are rejected with 429, and a closed one makes room', async () => {
  const { upload, send } = await open({ bounds: { ...none, eventStreams: 2 } });
  const { id } = jobSchema.parse(await (await upload()).json());
  const watch = () => send(`/jobs/${id}/events`);
  const streams = [await watch(), await watch()];
  expect(streams.map(({ status }) => status)).toEqual([200, 200]);
  expect(await problemOf(await watch())).toEqual([429, 'rate_limited', true]);
  await streams[0]?.body?.cancel();
  expect((await watch()).status).toBe(200);
});

test('a client that disconnects before it reads its event stream holds no place', async () => {
  const { upload, send } = await open({ bounds: { ...none, eventStreams: 1 } });
  const { id } = jobSchema.parse(await (await upload()).json());
  const gone = new AbortController();
  expect((await send(`/jobs/${id}/events`, { signal: gone.signal })).status).toBe(200);
  gone.abort();
  expect((await send(`/jobs/${id}/events`)).status).toBe(200);
});

test('without keys, event streams are bounded by address, and nothing else is bounded by default', async () => {
  const links = { publicUrl: undefined, trustProxyHops: 1, trustProxyHeader: 'x-forwarded' as const };
  const access = { auth: 'none' as const, linkSecrets: [] };
  const { api } = await open({ access, links, bounds: { ...none, eventStreams: 1 } });
  const { id } = jobSchema.parse(await (await api.post(await drawQuarters(20, 20))).json());
  const watch = (address: string) => api.request(`/jobs/${id}/events`, { headers: { 'x-forwarded-for': address } });
  expect((await watch('198.51.100.1')).status).toBe(200);
  expect((await watch('198.51.100.1')).status).toBe(429);
  expect((await watch('198.51.100.2')).status).toBe(200);
});
