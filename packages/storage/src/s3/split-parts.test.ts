import { expect, test } from 'vitest';
import { makeBytes, sourceOf } from '../../test/test-bodies.ts';
import { consumeBody } from '../byte-source.ts';
import { splitParts } from './split-parts.ts';

async function split(length: number, sizes: number[]) {
  const parts: { bytes: Buffer; isLast: boolean }[] = [];
  await consumeBody(sourceOf(makeBytes(length), sizes), undefined, async (chunks) => {
    for await (const { bytes, isLast } of splitParts(chunks, Buffer.alloc(10)))
      parts.push({ bytes: Buffer.from(bytes), isLast });
  });
  return parts;
}

test.each([
  ['an empty stream', 0, [1], [0]],
  ['less than a part', 7, [3], [7]],
  ['exactly a part', 10, [3], [10]],
  ['a byte more than a part', 11, [11], [10, 1]],
  ['several parts in one chunk', 35, [35], [10, 10, 10, 5]],
  ['whole parts in chunks of their size', 30, [10], [10, 10, 10]],
  ['chunks that span two parts', 32, [7, 0, 9], [10, 10, 10, 2]],
])('splits %s into full parts and a last one', async (_, length, sizes, expected) => {
  const parts = await split(length, sizes);
  expect(parts.map(({ bytes }) => bytes.byteLength)).toEqual(expected);
  expect(parts.map(({ isLast }) => isLast)).toEqual(expected.map((_size, index) => index === expected.length - 1));
  expect(Buffer.concat(parts.map(({ bytes }) => bytes))).toEqual(Buffer.from(makeBytes(length)));
});
