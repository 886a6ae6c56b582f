import type { RenderJobPayload } from '@thumbnail-api/queue';
import { readTraceId } from '@thumbnail-api/telemetry';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const sent: { payload: RenderJobPayload; traceparent: string | undefined }[] = [];
let api: TestApi;
beforeAll(async () => {
  const real = await openTestApi();
  const publisher: typeof real.deps.publisher = {
    ...real.deps.publisher,
    publish: async (payload, options) => void sent.push({ payload, traceparent: options.traceparent }),
  };
  api = await openTestApi({ publisher });
  await real.close();
});
afterAll(() => api.close());

const upload = async (headers: Record<string, string>) =>
  api.request('/jobs', {
    method: 'POST',
    headers: { 'content-type': 'image/png', ...headers },
    body: await drawQuarters(9, 9),
  });

test('the message and the response continue the trace of the request with a new parent', async () => {
  const response = await upload({ traceparent });
  const { id } = jobSchema.parse(await response.json());
  const message = sent.find(({ payload }) => payload.jobId === id);
  expect(message?.payload).toEqual({ jobId: id });
  expect(readTraceId(message?.traceparent)).toBe(traceId);
  expect(message?.traceparent).not.toBe(traceparent);
  expect(response.headers.get('traceresponse')).toBe(message?.traceparent ?? '');
});

test('each request without a valid trace starts a new one', async () => {
  const [one, other] = [await upload({}), await upload({ traceparent: 'nonsense' })];
  const [first, second] = [one, other].map((response) => readTraceId(response.headers.get('traceresponse')));
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(second).not.toBe(first);
  expect(sent.map((message) => readTraceId(message.traceparent))).toEqual(expect.arrayContaining([first, second]));
});

test('added jobs, batches and rejected requests continue their trace', async () => {
  const { image } = jobSchema.parse(await (await upload({})).json());
  sent.length = 0;
  await api.request(`/images/${image.id}/jobs?width=20`, { method: 'POST', headers: { traceparent } });
  const form = new FormData();
  for (const name of ['a', 'b']) form.append('file', new Blob([await drawQuarters(9, 9)]), name);
  await api.request('/batches', { method: 'POST', headers: { traceparent }, body: form });
  expect(sent.map((message) => readTraceId(message.traceparent))).toEqual([traceId, traceId, traceId]);
  const rejected = await api.request('/nowhere', { headers: { traceparent } });
  expect(readTraceId(rejected.headers.get('traceresponse'))).toBe(traceId);
});
