import { deleteJob } from '@thumbnail-api/jobs';
import { originalKey } from '@thumbnail-api/storage';
import { drawQuarters, owned } from '@thumbnail-api/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batchSchema } from '../src/batches/batch-schema.ts';
import { problemSchema } from '../src/http/problem.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A server, because only a connection shows whether a response is complete. */
let api: TestApi;
let server: ReturnType<typeof Bun.serve>;
beforeAll(async () => {
  api = await openTestApi();
  server = Bun.serve({
    port: 0,
    development: false,
    fetch: (request, self) => api.app.fetch(request, { server: self }),
  });
});
afterAll(async () => {
  await server.stop(true);
  await api.close();
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, server.url), { headers });
const image = await drawQuarters(20, 20);
/** An image with random bytes behind it: a decoder ignores them, and a download does not. */
const imageOf = (bytes: number): Bytes => {
  const padded = crypto.getRandomValues(new Uint8Array(65_536));
  return new Uint8Array(Array.from({ length: bytes }, (_, at) => image[at] ?? padded[at % 65_536] ?? 0));
};
const small = imageOf(20_000);
const large = imageOf(900_000);

/** Stores an original and a thumbnail, and returns the path and the key of one of them. */
async function store(kind: 'original' | 'thumbnail', bytes: Bytes) {
  const sent = jobSchema.parse(await (await api.post(kind === 'original' ? bytes : image)).json());
  if (kind === 'original') return { path: `/jobs/${sent.id}/original`, key: originalKey(sent.image.id) };
  await endJob(api.deps, sent.id, bytes);
  const [key = ''] = (await api.deps.store.list(`thumbnails/${sent.id}/`, { limit: 1 })).map((object) => object.key);
  return { path: `/jobs/${sent.id}/download`, key };
}

const isSame = async (response: Response, bytes: Bytes) => Buffer.from(await response.arrayBuffer()).equals(bytes);

const damages: [string, (bytes: Bytes) => Bytes][] = [
  ['a flipped byte', (bytes) => bytes.with(bytes.length - 5, 255 - (bytes.at(-5) ?? 0))],
  ['missing bytes', (bytes) => bytes.slice(0, -1)],
  ['additional bytes', (bytes) => new Uint8Array([...bytes, 1])],
  ['the bytes of another object', (bytes) => bytes.toReversed()],
];

describe.each([
  ['an original', 'original'],
  ['a thumbnail', 'thumbnail'],
] as const)('%s', (_, kind) => {
  test.each(damages)('with %s is refused with storage_damaged when it is small', async (_, damage) => {
    const { path, key } = await store(kind, small);
    expect((await get(path)).status).toBe(200);
    await api.deps.store.put(key, damage(small), 'image/png');
    for (const headers of [{}, { range: 'bytes=0-9' }]) {
      const response = await get(path, headers);
      expect(problemSchema.parse(await response.json())).toMatchObject({ status: 503, code: 'storage_damaged' });
      expect([response.headers.get('etag'), response.headers.has('retry-after')]).toEqual([null, true]);
    }
  });

  test.each(damages)('with %s is never complete when it is large', async (_, damage) => {
    const { path, key } = await store(kind, large);
    const etag = (await get(path)).headers.get('etag') ?? '';
    await api.deps.store.put(key, damage(large), 'image/png');
    const isComplete = async (headers: Record<string, string>) => {
      const response = await get(path, headers);
      const received = await response.arrayBuffer().catch(() => null);
      return received !== null && response.headers.get('etag') === etag;
    };
    expect(await isComplete({})).toBe(false);
    // A client that resumes a download that broke off asks for the rest.
    expect(await isComplete({ range: 'bytes=800000-', 'if-range': etag })).toBe(false);
    expect(await isComplete({ range: 'bytes=-100' })).toBe(false);
  });

  test('that is intact is served whole and in ranges, whatever its size', async () => {
    for (const bytes of [small, large]) {
      const { path } = await store(kind, bytes);
      expect(await isSame(await get(path), bytes)).toBe(true);
      for (const [range, from, to] of [
        ['bytes=0-', 0, bytes.length],
        ['bytes=100-10099', 100, 10_100],
        ['bytes=-15000', bytes.length - 15_000, bytes.length],
        ['bytes=10-', 10, bytes.length],
      ] as const) {
        const response = await get(path, { range });
        expect(response.status).toBe(206);
        expect(await isSame(response, bytes.slice(from, to))).toBe(true);
      }
    }
  });
});

test('the ZIP of a batch with a damaged thumbnail is never complete', async () => {
  const body = new FormData();
  body.append('file', new Blob([image]), 'a.png');
  const batch = batchSchema.parse(await (await api.request('/batches', { method: 'POST', body })).json());
  const [id = ''] = batch.jobs.map((job) => job.id);
  await endJob(api.deps, id, small);
  const [thumbnail] = await api.deps.store.list(`thumbnails/${id}/`, { limit: 1 });
  await api.deps.store.put(thumbnail?.key ?? '', small.toReversed(), 'image/webp');
  const isComplete = await get(`/batches/${batch.id}/zip`)
    .then((response) => response.arrayBuffer())
    .then(() => true)
    .catch(() => false);
  expect(isComplete).toBe(false);
});

/** The readings of one kind of fault, in the metrics and in the details of readiness. */
async function readFaults(from: TestApi, fault: string, kind: string) {
  const series = `thumbnails_object_faults_total{fault="${fault}",kind="${kind}"} `;
  const metrics = await (await from.request('/metrics')).text();
  const line = metrics.split('\n').find((each) => each.startsWith(series));
  const { objectFaults } = (await (await from.request('/health/ready')).json()) as { objectFaults: object[] };
  return { counted: Number(line?.slice(series.length)), shown: objectFaults };
}

test.each(['original', 'thumbnail'] as const)(
  'a missing %s is a 404 that the metrics and readiness report',
  async (kind) => {
    const before = await readFaults(api, 'missing', kind);
    const { path, key } = await store(kind, small);
    await api.deps.store.delete(key);
    const response = await get(path);
    expect(problemSchema.parse(await response.json())).toMatchObject({ status: 404, code: 'not_found' });
    const { counted, shown } = await readFaults(api, 'missing', kind);
    expect(counted).toBe(before.counted + 1);
    expect(shown).toContainEqual(expect.objectContaining({ fault: 'missing', kind, count: counted }));
  },
);

test('a damaged file is counted once for each download, whether it is small or large', async () => {
  for (const bytes of [small, large]) {
    const before = await readFaults(api, 'damaged', 'original');
    const { path, key } = await store('original', bytes);
    await api.deps.store.put(key, bytes.toReversed(), 'image/png');
    await get(path).then((response) => response.arrayBuffer().catch(() => null));
    expect((await readFaults(api, 'damaged', 'original')).counted).toBe(before.counted + 1);
  }
});

test('a file that is deleted during its download is not reported as missing', async () => {
  let id = '';
  const other = await openTestApi({
    store: {
      ...api.deps.store,
      find: async () => {
        await deleteJob(other.deps, owned(id));
        return null;
      },
    },
  });
  id = jobSchema.parse(await (await other.post(image)).json()).id;
  expect((await other.request(`/jobs/${id}/original`)).status).toBe(404);
  expect(await readFaults(other, 'missing', 'original')).toEqual({ counted: 0, shown: [] });
  await other.close();
});
