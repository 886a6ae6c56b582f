import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { batchSchema } from '../src/batches/batch-schema.ts';
import { problemSchema } from '../src/http/problem.ts';
import { imageResourceSchema } from '../src/images/image-schema.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { retriedJobsSchema } from '../src/jobs/retry-jobs.route.ts';
import { type KeyedApi, openKeyedApi } from './open-keyed-api.ts';
import { fill, readOperations } from './operations.ts';
import { bearer } from './test-keys.ts';

const operations = await readOperations();
let api: KeyedApi;
beforeAll(async () => {
  api = await openKeyedApi();
});
afterAll(() => api.close());

const ignored = z.unknown();
/** The schema of the JSON that each operation answers with. */
const schemas: Record<string, z.ZodType> = {
  createJob: jobSchema,
  getJob: jobSchema,
  retryJob: jobSchema,
  retryJobs: retriedJobsSchema,
  addJob: jobSchema,
  listJobs: z.array(jobSchema),
  getImage: imageResourceSchema,
  createBatch: batchSchema,
  getBatch: batchSchema,
  retryBatch: batchSchema,
};

/** Drops characters that cannot be sent in a header. */
const headerText = fc.string({ maxLength: 40 }).map((text) => text.replace(/[^\x20-\x7e]/g, '').trim());
const options = [
  'width',
  'height',
  'fit',
  'format',
  'thumbnails',
  'preset',
  'limit',
  'expires',
  'signature',
  'status',
  'code',
  'cursor',
  'v',
  '__proto__',
];
const value = fc.oneof(
  fc.constantFrom('1', '100', 'cover', 'webp', 'success', '[{"name":"a"}]', 'null', ''),
  fc.string(),
);
const headers = fc.dictionary(
  fc.constantFrom(
    'accept',
    'range',
    'if-range',
    'if-none-match',
    'last-event-id',
    'traceparent',
    'x-request-id',
    'content-disposition',
    'idempotency-key',
  ),
  fc.oneof(fc.constantFrom('*/*', 'bytes=0-1', 'bytes=9-', 'image/avif', '*', '1-success'), headerText),
);
const fields = fc.dictionary(fc.constantFrom(...options), value, { maxKeys: 4 });

test('every response to random input is one that the document declares, and never a 500', {
  timeout: 120_000,
}, async () => {
  const file = fc.oneof(
    fc.constant(api.image),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
  );
  const body = fc.oneof(
    fc.tuple(fields, file, fc.constantFrom('file', 'image', 'other')).map(([texts, bytes, name]) => {
      const form = new FormData();
      for (const [key, text] of Object.entries(texts)) form.append(key, text);
      form.append(name, new Blob([bytes]), 'a.png');
      return { type: null, body: form };
    }),
    fc
      .tuple(fc.constantFrom('image/png', 'application/json', 'text/plain'), file)
      .map(([type, bytes]) => ({ type, body: bytes })),
    fc.json().map((text) => ({ type: 'application/json', body: text })),
  );
  // An empty segment, `.` and `..` would lead to another operation.
  const anyId = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/^\.{1,2}$/.test(text));
  const request = fc.record({
    operation: fc.constantFrom(...operations),
    id: fc.oneof(fc.constantFrom(...Object.values(api.ids)), fc.uuid(), anyId),
    query: fields,
    headers,
    // Replaces the valid key, which is sent if this is empty.
    authorization: fc.oneof(
      { weight: 5, arbitrary: fc.constant({}) },
      headerText.map((text) => ({ authorization: text })),
      fc.constantFrom(api.keys.read, api.keys.revoked, api.keys.other).map(bearer),
    ),
    body,
  });
  const check = async ({
    operation,
    id,
    query,
    headers: sent,
    authorization,
    body: { type, body: content },
  }: RequestOf<typeof request>) => {
    const search = new URLSearchParams(query);
    const response = await api.send(`${fill(operation.path, { id, name: id, code: id })}?${search}`, {
      method: operation.method,
      headers: { ...authorization, ...sent, ...(type && { 'content-type': type }) },
      ...(operation.accepts.length > 0 && { body: content }),
    });
    expect([...operation.statuses, 404]).toContain(response.status);
    expect(response.status).toBeLessThan(500);
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const received: unknown = isJson ? await response.json() : await response.body?.cancel();
    const schema = response.status < 400 ? (schemas[operation.id] ?? ignored) : problemSchema;
    expect(isJson ? schema.safeParse(received).error : undefined).toBeUndefined();
  };
  await fc.assert(fc.asyncProperty(request, check), { numRuns: 400 });
});

type RequestOf<A> = A extends fc.Arbitrary<infer T> ? T : never;
