import { AppError } from '@thumbnail-api/errors';
import { imageMediaTypes } from '@thumbnail-api/image-probe';
import type { ObjectStore } from '@thumbnail-api/storage';
import { openImage, paintImage } from '@thumbnail-api/testing/images';
import { afterEach, expect, test, vi } from 'vitest';
import { toOneSpec } from '../test/render-one.ts';
import { runTask } from './run-task.ts';

const jpeg = await openImage(paintImage(60, 40)).jpeg().toBuffer();
const contentOf = (bytes: Uint8Array) => ({
  bytes: bytes.length,
  sha256: new Bun.CryptoHasher('sha256').update(bytes).digest('hex'),
  checksum: Bun.hash.crc32(bytes).toString(16).padStart(8, '0'),
});
afterEach(() => {
  vi.useRealTimers();
});

type Store = Pick<ObjectStore, 'read' | 'put'>;
const allowance = { memoryBytes: 512 * 1024 ** 2, timeoutMs: 60_000 };
const task = {
  jobId: 'job',
  originalKey: 'originals/image',
  originalContent: contentOf(jpeg),
  specs: [toOneSpec({ width: 20 }), { ...toOneSpec({ width: 30, format: 'jpeg' }), name: 'other' }],
  limits: { types: imageMediaTypes, maxPixels: 50_000_000, maxOutputPixels: 32_000_000 },
};
const readAs = (bytes: Uint8Array) => async () => Buffer.from(bytes);
const fail = () =>
  Promise.reject(new AppError('storage_unavailable', 'The store is unavailable.', { retryable: true }));

test('reports exactly the thumbnails that it stored', async () => {
  const stored = new Map<string, { body: unknown; type: string }>();
  const put: Store['put'] = async (key, body, type) => {
    stored.set(key, { body, type });
  };
  const { thumbnails, image } = await runTask({ read: readAs(jpeg), put }, task, allowance);
  expect(image).toEqual({ width: 60, height: 40, frames: 1 });
  expect(thumbnails.map(({ name, width, height, type }) => [name, width, height, type])).toEqual([
    ['default', 20, 13, 'image/webp'],
    ['other', 30, 20, 'image/jpeg'],
  ]);
  expect(thumbnails.map(({ key, type, bytes }) => [key, type, bytes]).sort()).toEqual(
    Array.from(stored, ([key, { body, type }]) => [key, type, (body as Uint8Array).byteLength]).sort(),
  );
});

test.each([
  ['an original is missing', async () => null, 'original_missing'],
  ['the store fails to read', fail, 'storage_unavailable'],
])('fails with a retryable error if %s', async (_, read, code) => {
  await expect(runTask({ read, put: async () => undefined }, task, allowance)).rejects.toMatchObject({
    code,
    retryable: true,
  });
});

test.each([
  ['has a flipped byte', jpeg.map((byte, at) => (at === 200 ? byte ^ 1 : byte))],
  ['is truncated', jpeg.subarray(0, -1)],
  ['is another image', await openImage(paintImage(40, 60)).jpeg().toBuffer()],
])('fails with storage_damaged if the original %s, with or without a recorded checksum', async (_, stored) => {
  for (const checksum of [task.originalContent.checksum, null]) {
    const checked = { ...task, originalContent: { ...task.originalContent, checksum } };
    const store = { read: readAs(stored), put: async () => undefined };
    await expect(runTask(store, checked, allowance)).rejects.toMatchObject({
      code: 'storage_damaged',
      retryable: false,
    });
  }
});

test('returns the checksum of an original that has none recorded', async () => {
  const store = { read: readAs(jpeg), put: async () => undefined };
  const { checksum, ...content } = task.originalContent;
  expect(await runTask(store, task, allowance)).not.toHaveProperty('checksum');
  const unknown = { ...task, originalContent: { ...content, checksum: null } };
  expect(await runTask(store, unknown, allowance)).toMatchObject({ checksum });
});

test('fails with storage_unavailable if the store rejects a thumbnail', async () => {
  await expect(runTask({ read: readAs(jpeg), put: fail }, task, allowance)).rejects.toMatchObject({
    code: 'storage_unavailable',
  });
});

test('a read may take two fifths of the time of a task; then it is aborted', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const failures: unknown[] = [];
  const running = runTask({ read: hang, put: async () => undefined }, task, { ...allowance, timeoutMs: 10_000 });
  const failing = running.catch((error) => failures.push(error));
  await vi.advanceTimersByTimeAsync(3_999);
  expect(failures).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await failing;
  expect(failures).toMatchObject([{ code: 'storage_unavailable', retryable: true }]);
  expect(aborted.splice(0)).toHaveLength(1);
});

test('a write may take two fifths of the time of a task; then it is aborted', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { promise: writing, resolve: reportWriting } = Promise.withResolvers<void>();
  const put = (...call: unknown[]) => {
    reportWriting();
    return hang(...call);
  };
  const read = readAs(jpeg);
  const failures: unknown[] = [];
  const one = { ...task, specs: task.specs.slice(0, 1) };
  const failing = runTask({ read, put }, one, { ...allowance, timeoutMs: 10_000 }).catch((error) =>
    failures.push(error),
  );
  await writing;
  await vi.advanceTimersByTimeAsync(3_999);
  expect(failures).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await failing;
  expect(failures).toMatchObject([{ code: 'storage_unavailable', retryable: true }]);
  expect(aborted.splice(0)).toHaveLength(1);
});

const aborted: unknown[] = [];
const hang = (...call: unknown[]) => {
  const { signal } = call.at(-1) as { signal: AbortSignal };
  return new Promise<never>(() => signal.addEventListener('abort', () => aborted.push(signal.reason)));
};
