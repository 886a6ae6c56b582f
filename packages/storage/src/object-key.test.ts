import { expect, test } from 'vitest';
import {
  assertObjectKey,
  installationKey,
  originalKey,
  parseObjectKey,
  thumbnailKey,
  thumbnailPrefix,
} from './object-key.ts';

const id = '0199f0c2-7b1e-7000-8000-00000000000a';
const hash = 'ab'.repeat(32);

test('accepts every key that the service makes', () => {
  expect(() => assertObjectKey(originalKey(id))).not.toThrow();
  expect(() => assertObjectKey(thumbnailKey(id, 'default', hash, 'webp'))).not.toThrow();
});

test('the key of a thumbnail starts with the prefix of its job and contains the hash of its content', () => {
  expect(thumbnailKey(id, 'small', hash, 'webp')).toBe(`thumbnails/${id}/small-abababababababab.webp`);
  expect(thumbnailKey(id, 'small', hash, 'webp').startsWith(thumbnailPrefix(id))).toBe(true);
});

test('parses the keys of originals and thumbnails, and returns null for any other key', () => {
  expect(() => assertObjectKey(installationKey(id, 'since'))).not.toThrow();
  expect(parseObjectKey(originalKey(id))).toEqual({ kind: 'original', imageId: id });
  expect(parseObjectKey(thumbnailKey(id, 'default', hash, 'webp'))).toEqual({ kind: 'thumbnail', jobId: id });
  const others = [installationKey(id, 'since'), 'originals/holiday.jpg', `originals/${id}/x`, `backup/originals/${id}`];
  expect(others.map(parseObjectKey)).toEqual([null, null, null, null]);
});

test.each([
  ['../etc'],
  ['originals/..'],
  ['/originals'],
  ['originals/'],
  ['originals\\one'],
  ['o/ä'],
  ['a'.repeat(256)],
  [`${'a/'.repeat(520)}a`],
])('rejects the key %j', (key) => {
  expect(() => assertObjectKey(key)).toThrow('not an object key');
});
