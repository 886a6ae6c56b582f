import { claimJob, failJob, sweepJobs } from '@thumbnail-api/jobs';
import { drawQuarters, waitUntil } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { problemSchema } from '../src/http/problem.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

let api: TestApi;
let png: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  api = await openTestApi();
  png = await drawQuarters(20, 10);
});
afterAll(() => api.close());

interface Sent {
  key: string;
  file?: Uint8Array<ArrayBuffer>;
  filename?: string;
  options?: Record<string, string>;
}

const send = ({ key, file = png, filename = 'cat.png', options = {} }: Sent) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(options)) form.append(name, value);
  form.append('file', new Blob([file]), filename);
  return api.request('/jobs', { method: 'POST', body: form, headers: { 'idempotency-key': key } });
};
const jobOf = async (response: Response) => jobSchema.parse(await response.json());
const problemOf = async (response: Response) => problemSchema.parse(await response.json());
const jobs = async () => z.array(jobSchema).parse(await (await api.request('/jobs?limit=100')).json()).length;
const newKey = () => crypto.randomUUID();

test('a repeated upload is answered with the first job in its current state, and stored once', async () => {
  const key = newKey();
  const first = await send({ key });
  const { id } = await jobOf(first);
  const [count, stored] = [await jobs(), await api.storedKeys()];
  const run = await claimJob(api.deps, id);
  if (!run) throw new Error('nothing to claim');
  await failJob(api.deps, run, { code: 'image_corrupt', message: 'Damaged.', retryable: false });

  const again = await send({ key, filename: 'another-name.png', options: { width: '100', height: '100' } });
  expect([again.status, again.headers.get('location')]).toEqual([201, `http://localhost/jobs/${id}`]);
  expect(await jobOf(again)).toMatchObject({ id, status: 'error', image: { filename: 'cat.png' } });
  expect([await jobs(), await api.storedKeys()]).toEqual([count, stored]);
});

test('rejects another file or other options with the same key, and stores nothing', async () => {
  const key = newKey();
  await send({ key });
  const [count, stored] = [await jobs(), await api.storedKeys()];
  const otherFile = await problemOf(await send({ key, file: await drawQuarters(21, 10) }));
  const otherOptions = await problemOf(await send({ key, options: { width: '99' } }));
  for (const problem of [otherFile, otherOptions]) {
    expect(problem).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
  }
  expect([await jobs(), await api.storedKeys()]).toEqual([count, stored]);
});

test('simultaneous equal uploads create one job: the others get 409 or the same job', async () => {
  const key = newKey();
  const [count, stored] = [await jobs(), (await api.storedKeys()).length];
  const responses = await Promise.all(Array.from({ length: 50 }, () => send({ key })));
  const accepted = responses.filter(({ status }) => status === 201);
  const waiting = responses.filter(({ status }) => status !== 201);
  const ids = await Promise.all(accepted.map(async (response) => (await jobOf(response)).id));
  expect(new Set(ids).size).toBe(1);
  for (const response of waiting) {
    expect(await problemOf(response)).toMatchObject({ status: 409, code: 'idempotency_in_flight' });
  }
  expect([await jobs(), (await api.storedKeys()).length]).toEqual([count + 1, stored + 1]);
});

test('a key is reserved before the body is read and released when the upload fails', async () => {
  const key = newKey();
  let cut: (reason: Error) => void = () => undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('--x\r\n'));
      cut = (reason) => controller.error(reason);
    },
  });
  const headers = { 'content-type': 'multipart/form-data; boundary=x', 'idempotency-key': key };
  const slow = api.request('/jobs', { method: 'POST', headers, body });
  await waitUntil('the key is reserved', async () => {
    const sql = `select 1 from idempotency_keys where key = '${key}'`;
    return (await api.deps.database.run((executor) => executor.execute(sql))).length === 1;
  });
  const during = await send({ key });
  expect([during.status, during.headers.get('retry-after')]).toEqual([409, '1']);
  cut(new Error('the client disconnected'));
  expect((await slow).status).toBe(400);
  expect((await send({ key })).status).toBe(201);
});

test('the reservation of a request that died ends at the upload deadline', async () => {
  const key = newKey();
  const { database } = api.deps;
  const reserve = (reservedUntil: string) =>
    database.run((executor) =>
      executor.execute(
        `insert into idempotency_keys (owner, key, reservation, reserved_until, expires_at)
         values ('everybody', '${key}', gen_random_uuid(), now() + interval '${reservedUntil}', now() + interval '1 day')
         on conflict (owner, key) do update set reserved_until = excluded.reserved_until`,
      ),
    );
  await reserve('1 minute');
  expect((await send({ key })).status).toBe(409);
  await reserve('-1 second');
  expect((await send({ key })).status).toBe(201);
});

test('a request that loses its reservation to another one creates no job', async () => {
  const key = newKey();
  const count = await jobs();
  const opening = openTestApi({
    store: {
      ...api.deps.store,
      put: async (...call) => {
        await api.deps.store.put(...call);
        await isolated.deps.database.run((executor) =>
          executor.execute(`update idempotency_keys set reservation = gen_random_uuid()`),
        );
      },
    },
  });
  const isolated = await opening;
  const form = new FormData();
  form.append('file', new Blob([png]), 'cat.png');
  const response = await isolated.request('/jobs', { method: 'POST', body: form, headers: { 'idempotency-key': key } });
  expect(await problemOf(response)).toMatchObject({ status: 503, code: 'unavailable' });
  expect(await (await isolated.request('/jobs')).json()).toEqual([]);
  expect(await jobs()).toBe(count);
  await isolated.close();
});

test('a key can be reused after a day and after its job is deleted', async () => {
  const [old, erased] = [newKey(), newKey()];
  const { id } = await jobOf(await send({ key: old }));
  const gone = await jobOf(await send({ key: erased }));
  await api.request(`/jobs/${gone.id}`, { method: 'DELETE' });
  await api.deps.database.run((executor) =>
    executor.execute(`update idempotency_keys set expires_at = now() - interval '1 second' where key = '${old}'`),
  );
  for (const key of [old, erased]) expect([id, gone.id]).not.toContain((await jobOf(await send({ key }))).id);
  await api.deps.database.run((executor) =>
    executor.execute(`update idempotency_keys set expires_at = now() - interval '1 second' where key = '${old}'`),
  );
  expect((await sweepJobs(api.deps, { retentionDays: 0 })).keys).toBe(1);
});

test.each(['', 'a b', 'ä', 'k'.repeat(256)])('rejects the key %j', async (key) => {
  const response = await api.request('/jobs', { method: 'POST', headers: { 'idempotency-key': key } });
  expect(await problemOf(response)).toMatchObject({ status: 422, code: 'invalid_parameter' });
});
