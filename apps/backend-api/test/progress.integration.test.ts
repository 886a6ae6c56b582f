import { openJobEnds } from '@thumbnail-api/jobs';
import { drawQuarters, waitUntil } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';
import { readEvents } from './read-events.ts';

let api: TestApi;
let image: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  api = await openTestApi();
  image = await drawQuarters(20, 20);
});
afterAll(() => api.close());

const create = async (from = api) => jobSchema.parse(await (await from.post(image)).json()).id;
const parsed = async (response: Response) => jobSchema.parse(await response.json());
const waiting = (seconds: number) => ({ headers: { prefer: `wait=${seconds}` } });
/** The next event; the stream stays open. */
const nextOf = async (events: ReturnType<typeof readEvents>) => (await events.next()).value;

test('Prefer: wait answers when the job ends, with Preference-Applied', async () => {
  const id = await create();
  const answer = api.request(`/jobs/${id}`, waiting(20));
  await endJob(api.deps, id);
  const response = await answer;
  expect(response.headers.get('preference-applied')).toBe('wait=20');
  expect(response.headers.get('vary')).toContain('Prefer');
  expect(response.headers.get('retry-after')).toBeNull();
  expect(await parsed(response)).toMatchObject({ status: 'success' });
});

test('Prefer: wait on an upload answers with the job that has ended', async () => {
  const body = new FormData();
  body.append('file', new Blob([image]), 'cat.png');
  const answer = api.request('/jobs', { method: 'POST', body, ...waiting(20) });
  const isOpen = (job: { status: string }) => job.status === 'uploaded';
  const job = await waitUntil('the job exists', async () =>
    jobSchema
      .array()
      .parse(await (await api.request('/jobs')).json())
      .find(isOpen),
  );
  await endJob(api.deps, job.id);
  const response = await answer;
  expect([response.status, response.headers.get('preference-applied')]).toEqual([201, 'wait=20']);
  expect(await parsed(response)).toMatchObject({ id: job.id, status: 'success' });
});

test('waits at most the requested time, and at most 30 seconds', async () => {
  const id = await create();
  const response = await api.request(`/jobs/${id}`, waiting(1));
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await parsed(response)).toMatchObject({ status: 'uploaded' });
  await endJob(api.deps, id);
  const long = await api.request(`/jobs/${id}`, waiting(9_999_999));
  expect(long.headers.get('preference-applied')).toBe('wait=30');
});

test('answers at once for a job that has ended, and ignores an invalid preference', async () => {
  const id = await create();
  await endJob(api.deps, id);
  expect(await parsed(await api.request(`/jobs/${id}`, waiting(30)))).toMatchObject({ status: 'success' });
  const plain = await api.request(`/jobs/${id}`, { headers: { prefer: 'respond-async, wait=soon' } });
  expect(plain.headers.get('preference-applied')).toBeNull();
});

test('a waiting request learns of the end from a notification, without polling', async () => {
  const ends = openJobEnds(api.deps, 3_600_000);
  const id = await create();
  const other = await create();
  const notified = Promise.withResolvers<void>();
  ends.subscribe([other], () => notified.resolve());
  const isolated = await openTestApi({ ...api.deps, ends });
  const answer = isolated.request(`/jobs/${id}`, waiting(30));
  await endJob(api.deps, id);
  expect(await parsed(await answer)).toMatchObject({ status: 'success' });
  await endJob(api.deps, other);
  await notified.promise;
  await isolated.close();
});

test('a waiting request finds an end without a notification by polling', async () => {
  const withoutNotifications = { ...api.deps.database, listen: async () => async () => {} };
  const ends = openJobEnds({ ...api.deps, database: withoutNotifications }, 20);
  const isolated = await openTestApi({ ...api.deps, ends });
  const id = await create();
  const answer = isolated.request(`/jobs/${id}`, waiting(30));
  await endJob(api.deps, id);
  expect(await parsed(await answer)).toMatchObject({ status: 'success' });
  await isolated.close();
});

test('listens again after notifications stopped arriving', async () => {
  let opened = 0;
  const listen = async () => {
    opened += 1;
    return async () => {};
  };
  const ends = openJobEnds({ ...api.deps, database: { ...api.deps.database, listen } }, 20);
  await waitUntil('listening', async () => opened === 1);
  const id = await create();
  const notified = Promise.withResolvers<void>();
  ends.subscribe([id], () => notified.resolve());
  await endJob(api.deps, id);
  await notified.promise;
  ends.subscribe([await create()], () => undefined);
  await waitUntil('listening again', async () => opened === 2);
  await ends.close();
});

test('a stream sends the status of the job, then its end, and then ends', async () => {
  const id = await create();
  const response = await api.request(`/jobs/${id}/events`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const events = readEvents(response);
  expect(await nextOf(events)).toMatchObject({ event: 'status', id: '0-uploaded', data: { id, status: 'uploaded' } });
  await endJob(api.deps, id);
  const end = await nextOf(events);
  expect(end).toMatchObject({ event: 'end', id: '1-success' });
  expect(jobSchema.parse(end?.data).actions.map(({ name }) => name)).toContain('Download');
  expect(await events.next()).toMatchObject({ done: true });
});

test('a client that resumes receives only events that it has not received', async () => {
  const id = await create();
  const resumed = (last: string) => api.request(`/jobs/${id}/events`, { headers: { 'last-event-id': last } });
  const events = readEvents(await resumed('0-uploaded'));
  const first = nextOf(events);
  await endJob(api.deps, id);
  expect(await first).toMatchObject({ event: 'end' });
  expect(await nextOf(readEvents(await resumed('0-uploaded')))).toMatchObject({ event: 'end' });
  expect((await resumed('1-success')).status).toBe(204);
});

test('a client that disconnects leaves no subscription', async () => {
  const id = await create();
  let subscriptions = 0;
  const ends: typeof api.deps.ends = {
    subscribe: (ids, listener) => {
      const unsubscribe = api.deps.ends.subscribe(ids, listener);
      subscriptions += 1;
      return () => {
        subscriptions -= 1;
        unsubscribe();
      };
    },
    close: async () => {},
  };
  const isolated = await openTestApi({ ...api.deps, ends });
  const reader = (await isolated.request(`/jobs/${id}/events`)).body?.getReader();
  await reader?.read();
  await reader?.read();
  const pending = reader?.read();
  await waitUntil('listening', async () => subscriptions === 1);
  await reader?.cancel();
  await pending?.catch(() => undefined);
  await waitUntil('no subscription is left', async () => subscriptions === 0);
  expect((await isolated.request(`/jobs/${id}/events`, { method: 'HEAD' })).status).toBe(200);
  expect(subscriptions).toBe(0);
  await isolated.close();
});

test('a process that shuts down ends its streams and answers its waiting requests', async () => {
  const id = await create();
  const ends = openJobEnds(api.deps);
  const isolated = await openTestApi({ ...api.deps, ends });
  const events = readEvents(await isolated.request(`/jobs/${id}/events`));
  expect(await nextOf(events)).toMatchObject({ event: 'status' });
  const answer = isolated.request(`/jobs/${id}`, waiting(30));
  await ends.close();
  expect(await events.next()).toMatchObject({ done: true });
  expect(await parsed(await answer)).toMatchObject({ status: 'uploaded' });
  await isolated.close();
});

test('answers 404 for the events of a job that does not exist', async () => {
  const response = await api.request('/jobs/0199f0c2-0000-7000-8000-000000000000/events');
  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
});
