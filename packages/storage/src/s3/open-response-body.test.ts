import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openResponseBody } from './open-response-body.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const unavailable = { code: 'storage_unavailable', retryable: true };
const openBody = (source: Readable, bytes: number) =>
  openResponseBody(source, { operation: 'find', bytes, idleMs: 1000, signal: undefined }).getReader();

test('the idle timeout fails a pending read and destroys the source', async () => {
  const source = new Readable({ read: () => undefined });
  const reading = openBody(source, 10).read();
  reading.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(999);
  expect(source.destroyed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await expect(reading).rejects.toMatchObject(unavailable);
  expect(source.destroyed).toBe(true);
});

test('the time that the reader takes does not count as idle', async () => {
  const reader = openBody(Readable.from([Buffer.from('ab'), Buffer.from('cd')]), 4);
  expect((await reader.read()).value).toEqual(Buffer.from('ab'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect((await reader.read()).value).toEqual(Buffer.from('cd'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await reader.read()).toEqual({ done: true, value: undefined });
});

test.each([
  ['shorter', 5],
  ['longer', 3],
])('a body that is %s than announced fails', async (_, bytes) => {
  const reader = openBody(Readable.from([Buffer.from('abcd')]), bytes);
  await reader.read();
  await expect(reader.read()).rejects.toMatchObject(unavailable);
});

test('a connection lost before the first read fails the body, not the process', async () => {
  const source = new Readable({ read: () => undefined });
  const reader = openBody(source, 10);
  const closed = Promise.withResolvers<void>();
  source.once('close', closed.resolve);
  source.destroy(new Error('lost'));
  await closed.promise;
  await expect(reader.read()).rejects.toMatchObject(unavailable);
});

test('cancel destroys the source, before and after the first read', async () => {
  const sources = [0, 1].map(() => Readable.from([Buffer.from('abcd')]));
  const [unread, started] = sources.map((source) => openBody(source, 4));
  await started?.read();
  await unread?.cancel();
  await started?.cancel();
  expect(sources.map((source) => source.destroyed)).toEqual([true, true]);
});
