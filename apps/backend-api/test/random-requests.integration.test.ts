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
import { readOwnTexts } from './own-texts.ts';
import { bearer } from './test-keys.ts';

const operations = await readOperations();
const isOwn = await readOwnTexts();
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
  'image',
  'limit',
  'expires',
  'signature',
  'status',
  'code',
  'cursor',
  'v',
  '__proto__',
];
/** JSON texts of values whose conversion throws, that are deep, huge or not well-formed, or that name a prototype. */
const hostileTexts = [
  '{"toString":1}',
  '{"toString":1,"valueOf":1}',
  '{"__proto__":{"width":1}}',
  '{"constructor":{"prototype":1}}',
  '{"then":1}',
  `${'['.repeat(3_000)}${']'.repeat(3_000)}`,
  `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
  '"\\ud800"',
  '"a\\u0000b"',
  '1e999',
  '-1e308',
  '123456789012345678901234567890',
  '-0',
  `"${'x'.repeat(5_000)}"`,
];
const hostile = fc.constantFrom(...hostileTexts);
const value = fc.oneof(
  fc.constantFrom('1', '100', 'cover', 'webp', 'success', '[{"name":"a"}]', 'null', '', '\0', 'a\0b', '9'.repeat(400)),
  fc.string(),
  fc.string({ unit: 'binary' }),
  hostile,
  hostile.map((text) => `[{"name":${text}}]`),
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
/** Objects and lists of options, some of them repeated. */
const hostileOptions = fc
  .array(fc.tuple(fc.constantFrom(...options, 'name', 'background'), fc.oneof(hostile, fc.json())), { maxLength: 4 })
  .map((members) => `{${members.map(([name, text]) => `"${name}":${text}`).join(',')}}`);
const fields = fc.dictionary(fc.constantFrom(...options), value, { maxKeys: 4 });

/** The texts of a problem that are not written in this project. */
const foreignTexts = ({ status }: Response, received: unknown): string[] => {
  const { detail = '', errors = [] } = status < 400 ? {} : (problemSchema.safeParse(received).data ?? {});
  return [detail, ...errors.map((fault) => fault.detail)].filter((text) => text !== '' && !isOwn(text));
};

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
    fc
      .oneof(
        fc.json(),
        hostile,
        hostileOptions,
        hostileOptions.map((text) => `{"thumbnails":[${text}]}`),
      )
      .map((text) => ({ type: 'application/json', body: text })),
  );
  // An empty segment, `.` and `..` would lead to another operation.
  const anyId = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/^\.{1,2}$/.test(text));
  const request = fc.record({
    operation: fc.constantFrom(...operations),
    id: fc.oneof(fc.constantFrom(...Object.values(api.ids), '\0', '__proto__', 'toString'), fc.uuid(), anyId),
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
    expect(foreignTexts(response, received)).toEqual([]);
  };
  await fc.assert(fc.asyncProperty(request, check), { numRuns: 600 });
});

test('options of any shape, as JSON or as a field of a form, are accepted or explained in our own words', {
  timeout: 120_000,
}, async () => {
  // The first test may have deleted every image that it knew.
  const form = new FormData();
  form.append('file', new Blob([api.image]), 'a.png');
  const { image } = jobSchema.parse(await (await api.send('/jobs', { method: 'POST', body: form })).json());
  const lists = fc
    .array(
      fc.oneof(
        hostileOptions,
        hostile.map((text) => `{"name":${text}}`),
      ),
      { maxLength: 3 },
    )
    .map((specs) => `[${specs.join(',')}]`);
  const check = async ({ list, alone }: { list: string; alone: string }) => {
    const listed = new FormData();
    listed.append('thumbnails', list);
    listed.append('file', new Blob([api.image]), 'a.png');
    const json = { 'content-type': 'application/json' };
    const jobs = `/images/${image.id}/jobs`;
    const responses = [
      await api.send('/jobs', { method: 'POST', body: listed }),
      await api.send(jobs, { method: 'POST', headers: json, body: `{"thumbnails":${list}}` }),
      await api.send(jobs, { method: 'POST', headers: json, body: alone }),
    ];
    for (const response of responses) {
      expect([201, 422]).toContain(response.status);
      expect(foreignTexts(response, await response.json())).toEqual([]);
    }
  };
  await fc.assert(fc.asyncProperty(fc.record({ list: lists, alone: hostileOptions }), check), { numRuns: 150 });
});

type RequestOf<A> = A extends fc.Arbitrary<infer T> ? T : never;
