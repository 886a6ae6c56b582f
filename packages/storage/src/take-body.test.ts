import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeBytes, sourceOf, stoppingBody } from '../test/contract-bodies.ts';
import { takeBody } from './take-body.ts';

test('the body is handed on without its empty chunks', async () => {
  const sizes: number[] = [];
  await takeBody(sourceOf(makeBytes(10), [0, 4, 0, 0, 6]), undefined, async (chunks) => {
    for await (const chunk of chunks) sizes.push(chunk.byteLength);
  });
  expect(sizes).toEqual([4, 6]);
});

test('nothing is read before it is asked for', async () => {
  const source = stoppingBody(3 * 1024 * 1024);
  await takeBody(source.body, undefined, async (chunks) => {
    const pieces = chunks[Symbol.asyncIterator]();
    await setImmediate();
    expect(source.taken()).toBe(0);
    await pieces.next();
    await setImmediate();
    expect(source.taken()).toBe(1024 * 1024);
  });
});

test('the error of the body wins over what is made of it', async () => {
  const error = new Error('the body broke');
  const taking = takeBody(stoppingBody(10, error).body, undefined, async (chunks) => {
    await readToEnd(chunks).catch(() => undefined);
    throw new Error('what the store says');
  });
  await expect(taking).rejects.toBe(error);
});

test.each([
  ['throws', () => Promise.reject(new Error('the store broke'))],
  ['is content with a part of it', () => Promise.resolve()],
])('the body is cancelled when who keeps it %s', async (_, keep) => {
  const source = stoppingBody(10);
  await takeBody(source.body, undefined, keep).catch(() => undefined);
  await expect(source.cancelled).resolves.toBeUndefined();
});

test('the reason of the signal ends a body that fell silent, even one that does not heed being cancelled', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const source = stoppingBody(10);
  const taking = takeBody(source.body, controller.signal, readToEnd);
  taking.catch(() => undefined);
  await source.reached;
  controller.abort(reason);
  await expect(taking).rejects.toBe(reason);
  await source.cancelled;
});

async function readToEnd(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) expect(chunk.byteLength).toBeGreaterThan(0);
}
