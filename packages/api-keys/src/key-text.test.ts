import { expect, test } from 'vitest';
import { hashKey, isKey, makeKey } from './key-text.ts';

test('a key has 256 random bits: every one of its bits varies from key to key', () => {
  const keys = Array.from({ length: 200 }, () => Buffer.from(makeKey().slice(3), 'base64url'));
  for (const key of keys) expect(key).toHaveLength(32);
  const both = (bit: number) => new Set(keys.map((key) => ((key[bit >> 3] ?? 0) >> (bit & 7)) & 1)).size;
  expect(Array.from({ length: 256 }, (_, bit) => both(bit))).toEqual(Array(256).fill(2));
  const halves = keys.flatMap((key) => [key.subarray(0, 16), key.subarray(16)].map((half) => half.toString('hex')));
  expect(new Set(halves).size).toBe(400);
});

test('the text of a key has a prefix that secret scanners can recognise, and its hash does not contain it', () => {
  const key = makeKey();
  expect(key).toMatch(/^tk_[\w-]{43}$/);
  expect(isKey(key)).toBe(true);
  expect(hashKey(key)).toMatch(/^[0-9a-f]{64}$/);
  expect(hashKey(key)).not.toContain(key.slice(3));
});
