import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeBytes, sourceOf, stoppingBody } from '../test/test-bodies.ts';
import { consumeBody } from './byte-source.ts';

test('passes on the chunks of the body, except empty ones', async () => {
  const sizes: number[] = [];
  await consumeBody(sourceOf(makeBytes(10), [0, 4, 0, 0, 6]), undefined, async (chunks) => {
    for await (const chunk of chunks) sizes.push(chunk.byteLength);
  });
  expect(sizes).toEqual([4, 6]);
});

test('reads a chunk only when the consumer asks for it', async () => {
  const source = stoppingBody(3 * 1024 * 1024);
  await consumeBody(source.body, undefined, async (chunks) => {
    const iterator = chunks[Symbol.asyncIterator]();
    await setImmediate();
    expect(source.bytesRead()).toBe(0);
    await iterator.next();
    await setImmediate();
    expect(source.bytesRead()).toBe(1024 * 1024);
  });
});

test('throws the error of the body instead of the error of the consumer', async () => {
  const error = new Error('the body broke');
  const consuming = consumeBody(stoppingBody(10, error).body, undefined, async (chunks) => {
    await readToEnd(chunks).catch(() => undefined);
    throw new Error('the store broke');
  });
  await expect(consuming).rejects.toBe(error);
});

test.each([
  ['throws', () => Promise.reject(new Error('the store broke'))],
  ['reads only a part of it', () => Promise.resolve()],
])('cancels the body when the consumer %s', async (_, consume) => {
  const source = stoppingBody(10);
  await consumeBody(source.body, undefined, consume).catch(() => undefined);
  await expect(source.cancelled).resolves.toBeUndefined();
});

test('throws the reason of the signal while the body stalls, even if the body ignores `cancel`', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const source = stoppingBody(10);
  const consuming = consumeBody(source.body, controller.signal, readToEnd);
  consuming.catch(() => undefined);
  await source.reached;
  controller.abort(reason);
  await expect(consuming).rejects.toBe(reason);
  await source.cancelled;
});

async function readToEnd(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) expect(chunk.byteLength).toBeGreaterThan(0);
}
