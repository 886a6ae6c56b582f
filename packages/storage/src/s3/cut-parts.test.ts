import { expect, test } from 'vitest';
import { makeBytes, sourceOf } from '../../test/contract-bodies.ts';
import { takeBody } from '../take-body.ts';
import { cutParts } from './cut-parts.ts';

const cut = async (length: number, sizes: number[]) => {
  const parts: { bytes: Buffer; isLast: boolean }[] = [];
  await takeBody(sourceOf(makeBytes(length), sizes), undefined, async (chunks) => {
    for await (const { bytes, isLast } of cutParts(chunks, Buffer.alloc(10)))
      parts.push({ bytes: Buffer.from(bytes), isLast });
  });
  return parts;
};

test.each([
  ['an empty stream', 0, [1], [0]],
  ['less than a part', 7, [3], [7]],
  ['exactly a part', 10, [3], [10]],
  ['a byte more than a part', 11, [11], [10, 1]],
  ['several parts in one chunk', 35, [35], [10, 10, 10, 5]],
  ['whole parts in chunks of their size', 30, [10], [10, 10, 10]],
  ['chunks that cross the borders', 32, [7, 0, 9], [10, 10, 10, 2]],
])('%s is cut into full parts and a rest, and only the last one is called so', async (_, length, sizes, expected) => {
  const parts = await cut(length, sizes);
  expect(parts.map(({ bytes }) => bytes.byteLength)).toEqual(expected);
  expect(parts.map(({ isLast }) => isLast)).toEqual(expected.map((_size, index) => index === expected.length - 1));
  expect(Buffer.concat(parts.map(({ bytes }) => bytes))).toEqual(Buffer.from(makeBytes(length)));
});
