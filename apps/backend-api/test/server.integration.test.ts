import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';
import { readEvents } from './read-events.ts';

let api: TestApi;
let server: ReturnType<typeof Bun.serve>;
beforeAll(async () => {
  api = await openTestApi();
  server = Bun.serve({
    port: 0,
    idleTimeout: 1,
    // Never answers, and keeps the idle timeout: once it is cut off, any other idle connection would have been too.
    routes: { '/idle': () => new Promise<Response>(() => {}) },
    fetch: (request, self) => api.app.fetch(request, { server: self }),
  });
});
afterAll(async () => {
  await server.stop(true);
  await api.close();
});

const get = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init);
const create = async () => jobSchema.parse(await (await api.post(await drawQuarters(10, 10))).json()).id;

test('an event stream and a waiting request outlive the idle timeout of the server', async () => {
  const id = await create();
  const events = readEvents(await get(`/jobs/${id}/events`));
  expect((await events.next()).value).toMatchObject({ event: 'status' });
  const waiting = get(`/jobs/${id}`, { headers: { prefer: 'wait=30' } });
  await expect(get('/idle')).rejects.toThrow();
  await endJob(api.deps, id);
  expect((await events.next()).value).toMatchObject({ event: 'end' });
  expect(jobSchema.parse(await (await waiting).json()).status).toBe('success');
});

test('an event stream ends without an error when its job is deleted', async () => {
  const id = await create();
  const watched = await get(`/jobs/${id}/events`);
  const text = watched.text();
  expect((await get(`/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect(await text).toContain('event: status');
});

test('HEAD of a download has a Content-Length, and so has GET of a small one', async () => {
  const id = await create();
  await endJob(api.deps, id, new Uint8Array(1_234));
  const head = await get(`/jobs/${id}/download`, { method: 'HEAD' });
  expect(head.headers.get('content-length')).toBe('1234');
  const whole = await get(`/jobs/${id}/download`);
  expect([whole.headers.get('content-length'), (await whole.arrayBuffer()).byteLength]).toEqual(['1234', 1_234]);
  const part = await get(`/jobs/${id}/download`, { headers: { range: 'bytes=1000-' } });
  expect([part.status, part.headers.get('content-length')]).toEqual([206, '234']);
  expect((await part.arrayBuffer()).byteLength).toBe(234);
});
