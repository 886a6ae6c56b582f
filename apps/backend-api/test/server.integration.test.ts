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
    // Never answers, and nothing keeps it: when it is cut off, whatever else is quiet would have been.
    routes: { '/quiet': () => new Promise<Response>(() => {}) },
    fetch: (request, self) => api.app.fetch(request, { server: self }),
  });
});
afterAll(async () => {
  await server.stop(true);
  await api.close();
});

const ask = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init);
const create = async () => jobSchema.parse(await (await api.post(await drawQuarters(10, 10))).json()).id;

test('a stream of events and a waiting request outlive the idle timeout of the server', async () => {
  const id = await create();
  const events = readEvents(await ask(`/jobs/${id}/events`));
  expect((await events.next()).value).toMatchObject({ event: 'status' });
  const waiting = ask(`/jobs/${id}`, { headers: { prefer: 'wait=30' } });
  await expect(ask('/quiet')).rejects.toThrow();
  await endJob(api.deps, id);
  expect((await events.next()).value).toMatchObject({ event: 'end' });
  expect(jobSchema.parse(await (await waiting).json()).status).toBe('success');
});

test('events of a job that is deleted meanwhile end as a stream should', async () => {
  const id = await create();
  const watched = await ask(`/jobs/${id}/events`);
  const text = watched.text();
  expect((await ask(`/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect(await text).toContain('event: status');
});

test('HEAD says how long a download is, and so does GET of a small one', async () => {
  const id = await create();
  await endJob(api.deps, id, new Uint8Array(1_234));
  const head = await ask(`/jobs/${id}/download`, { method: 'HEAD' });
  expect(head.headers.get('content-length')).toBe('1234');
  const whole = await ask(`/jobs/${id}/download`);
  expect([whole.headers.get('content-length'), (await whole.arrayBuffer()).byteLength]).toEqual(['1234', 1_234]);
  const part = await ask(`/jobs/${id}/download`, { headers: { range: 'bytes=1000-' } });
  expect([part.status, part.headers.get('content-length')]).toEqual([206, '234']);
  expect((await part.arrayBuffer()).byteLength).toBe(234);
});
