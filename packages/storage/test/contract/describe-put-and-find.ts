import { expect, test } from 'vitest';
import { makeBytes, readAll, sha256, sourceOf } from '../test-bodies.ts';
import type { StoreUnderTest } from './store-under-test.ts';

const mebibyte = 1024 * 1024;
const type = 'image/png';

/** The tests of storing and reading objects. */
export function describePutAndFind(subject: StoreUnderTest): void {
  test('finds what was put, with its size, its media type and the time of the put', async () => {
    const key = subject.newKey();
    const bytes = makeBytes(1000);
    await subject.store.put(key, bytes, type);
    const { body, modifiedAt, ...found } = await subject.find(key);
    expect(found).toEqual({ key, bytes: 1000, type });
    expect(await readAll(body)).toEqual(Buffer.from(bytes));
    expect(Math.abs(Date.now() - modifiedAt.getTime())).toBeLessThan(60_000);
  });

  test.each([0, 1, 6 * mebibyte])('reads all %i bytes of an object', async (size) => {
    const key = subject.newKey();
    const bytes = makeBytes(size);
    await subject.store.put(key, bytes, type);
    expect(sha256((await subject.store.read(key)) as Buffer)).toBe(sha256(bytes));
  });

  test.each([
    ['as bytes', () => new Uint8Array()],
    ['as a stream', () => sourceOf(new Uint8Array(), [1])],
  ])('stores an empty object given %s', async (_, body) => {
    const key = subject.newKey();
    await subject.store.put(key, body(), type);
    const found = await subject.find(key);
    expect(found).toMatchObject({ bytes: 0, type });
    expect(await readAll(found.body)).toHaveLength(0);
  });

  test.each([
    ['chunks of odd sizes, some empty', 100_003, [1, 0, 7, 4096, 3]],
    ['chunks larger than a part of an upload', 20 * mebibyte + 1, [18 * mebibyte + 5]],
    ['20 MiB in small chunks', 20 * mebibyte, [65_536]],
    ['exactly one part of an upload', 5 * mebibyte, [mebibyte]],
    ['exactly two parts of an upload', 10 * mebibyte, [mebibyte]],
  ])('stores a stream byte for byte: %s', async (_, length, sizes) => {
    const key = subject.newKey();
    const bytes = makeBytes(length);
    await subject.store.put(key, sourceOf(bytes, sizes), type);
    const found = await subject.find(key);
    expect(found).toMatchObject({ bytes: length, type });
    expect(sha256(await readAll(found.body))).toBe(sha256(bytes));
    expect(await subject.leftovers(key)).toEqual([]);
  });

  test('a second put replaces the bytes and the media type', async () => {
    const key = subject.newKey();
    await subject.store.put(key, makeBytes(500, 1), type);
    await subject.store.put(key, makeBytes(20, 2), 'image/webp');
    const found = await subject.find(key);
    expect(found).toMatchObject({ bytes: 20, type: 'image/webp' });
    expect(await readAll(found.body)).toEqual(Buffer.from(makeBytes(20, 2)));
  });

  test('returns null for a key without an object', async () => {
    const key = subject.newKey();
    expect(await subject.store.find(key)).toBeNull();
    expect(await subject.store.read(key)).toBeNull();
    expect(await subject.store.head(key)).toBeNull();
    expect(await subject.store.find(key, { range: { first: 0, last: 9 } })).toBeNull();
    expect(await subject.store.find(key, { range: { first: 10, last: 19 } })).toBeNull();
  });

  test('head returns size and date, and null for a prefix or an extension of a key', async () => {
    const key = subject.newKey();
    await subject.store.put(key, makeBytes(77), type);
    expect(await subject.store.head(key)).toEqual({ key, bytes: 77, modifiedAt: expect.any(Date) });
    expect(await subject.store.head(key.slice(0, -1))).toBeNull();
    expect(await subject.store.head(`${key}/more`)).toBeNull();
    expect(await subject.store.head('originals')).toBeNull();
    expect(await subject.store.find('originals')).toBeNull();
    expect(await subject.store.read('originals')).toBeNull();
  });

  test.each([
    ['the first byte', 0, 0, 0, 1],
    ['the middle', 100, 299, 100, 300],
    ['the last byte', 999, 999, 999, 1000],
    ['the whole object', 0, 999, 0, 1000],
    ['the bytes that exist', 990, 5000, 990, 1000],
    ['nothing after the end', 1000, 1001, 0, 0],
  ])('a range returns %s, and the size of the whole object', async (_, first, last, from, to) => {
    const key = subject.newKey();
    const bytes = makeBytes(1000);
    await subject.store.put(key, bytes, type);
    const found = await subject.find(key, { range: { first, last } });
    expect(found).toMatchObject({ key, bytes: 1000, type });
    expect(await readAll(found.body)).toEqual(Buffer.from(bytes.subarray(from, to)));
  });

  test('a range of an empty object is empty', async () => {
    const key = subject.newKey();
    await subject.store.put(key, new Uint8Array(), type);
    const found = await subject.find(key, { range: { first: 0, last: 0 } });
    expect(found.bytes).toBe(0);
    expect(await readAll(found.body)).toHaveLength(0);
  });
}
