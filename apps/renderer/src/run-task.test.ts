import { AppError } from '@thumbnail-api/errors';
import type { ObjectStore } from '@thumbnail-api/storage';
import { openImage, paintImage } from '@thumbnail-api/testing/images';
import { expect, test } from 'vitest';
import { toOneSpec } from '../test/render-one.ts';
import { runTask } from './run-task.ts';

type Store = Pick<ObjectStore, 'read' | 'put'>;
const allowance = { memoryBytes: 512 * 1024 ** 2, timeoutMs: 60_000 };
const task = {
  jobId: 'job',
  originalKey: 'originals/image',
  specs: [toOneSpec({ width: 20 }), { ...toOneSpec({ width: 30, format: 'jpeg' }), name: 'other' }],
  limits: { maxPixels: 50_000_000, maxOutputPixels: 32_000_000 },
};
const holding = (bytes: Uint8Array) => async () => Buffer.from(bytes);
const refuse = () => Promise.reject(new AppError('storage_unavailable', 'Away.', { retryable: true }));
const picture = () => openImage(paintImage(60, 40)).jpeg().toBuffer();

test('what is stored is what is reported', async () => {
  const stored = new Map<string, { body: unknown; type: string }>();
  const put: Store['put'] = async (key, body, type) => {
    stored.set(key, { body, type });
  };
  const { thumbnails, image } = await runTask({ read: holding(await picture()), put }, task, allowance);
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
  ['is not there', async () => null, 'original_missing'],
  ['cannot be reached', refuse, 'storage_unavailable'],
])('an original that %s is a failure that may pass', async (_, read, code) => {
  await expect(runTask({ read, put: async () => undefined }, task, allowance)).rejects.toMatchObject({
    code,
    retryable: true,
  });
});

test('a store that takes nothing fails the task as what it is', async () => {
  await expect(runTask({ read: holding(await picture()), put: refuse }, task, allowance)).rejects.toMatchObject({
    code: 'storage_unavailable',
  });
});

test.each([
  ['gives nothing', async () => ({ read: silence, put: async () => undefined })],
  ['takes nothing', async () => ({ read: holding(await picture()), put: silence })],
])('a store that %s, and does not say so, fails the task as what it is, and is let go of', async (_, open) => {
  const store = await open();
  await expect(runTask(store, task, { ...allowance, timeoutMs: 3_000 })).rejects.toMatchObject({
    code: 'storage_unavailable',
    retryable: true,
  });
  expect(letGo.splice(0).length).toBeGreaterThan(0);
});
const letGo: unknown[] = [];
const silence = (...call: unknown[]) => {
  const { signal } = call.at(-1) as { signal: AbortSignal };
  return new Promise<never>(() => signal.addEventListener('abort', () => letGo.push(signal.reason)));
};
