import { claimJob, failJob } from '@thumbnail-api/jobs';
import { readTraceId } from '@thumbnail-api/telemetry';
import { drawQuarters } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batchSchema } from '../src/batches/batch-schema.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const upload = async (headers: Record<string, string>) =>
  api.request('/jobs', {
    method: 'POST',
    headers: { 'content-type': 'image/png', ...headers },
    body: await drawQuarters(9, 9),
  });

/** The traces that the jobs of an image carry to the worker. */
const tracesOf = async (column: 'image_id' | 'batch_id' | 'id', id: string) => {
  const rows = await api.deps.database.run((executor) =>
    executor.execute<{ trace: string }>(
      sql`select trace from jobs where ${sql.identifier(column)} = ${id} order by id`,
    ),
  );
  return rows.map(({ trace }) => trace);
};

test('the job and the response continue the trace of the request with a new parent', async () => {
  const response = await upload({ traceparent });
  const { id } = jobSchema.parse(await response.json());
  const [trace = ''] = await tracesOf('id', id);
  expect(readTraceId(trace)).toBe(traceId);
  expect(trace).not.toBe(traceparent);
  expect(response.headers.get('traceresponse')).toBe(trace);
});

test('each request without a valid trace starts a new one', async () => {
  const [one, other] = [await upload({}), await upload({ traceparent: 'nonsense' })];
  const [first, second] = [one, other].map((response) => readTraceId(response.headers.get('traceresponse')));
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(second).not.toBe(first);
});

test('added jobs, batches, retries and rejected requests continue their trace', async () => {
  const { id, image } = jobSchema.parse(await (await upload({})).json());
  await api.request(`/images/${image.id}/jobs?width=20`, { method: 'POST', headers: { traceparent } });
  const form = new FormData();
  for (const name of ['a', 'b']) form.append('file', new Blob([await drawQuarters(9, 9)]), name);
  const created = await api.request('/batches', { method: 'POST', headers: { traceparent }, body: form });
  const batch = batchSchema.parse(await created.json());
  expect((await tracesOf('batch_id', batch.id)).map(readTraceId)).toEqual([traceId, traceId]);
  const run = await claimJob(api.deps, id);
  if (!run) throw new Error('the job cannot be claimed');
  await failJob(api.deps, run, { code: 'render_timeout', message: 'It took too long.', retryable: false });
  await api.request(`/jobs/${id}/retry`, { method: 'POST', headers: { traceparent } });
  expect((await tracesOf('image_id', image.id)).map(readTraceId)).toEqual([traceId, traceId]);
  const rejected = await api.request('/nowhere', { headers: { traceparent } });
  expect(readTraceId(rejected.headers.get('traceresponse'))).toBe(traceId);
});
