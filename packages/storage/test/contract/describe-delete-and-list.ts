import { randomUUID } from 'node:crypto';
import { waitUntil } from '@thumbnail-api/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeBytes, readAll } from '../test-bodies.ts';
import { noTraces, type StoreUnderTest } from './store-under-test.ts';

const type = 'image/png';

/** The tests of deleting and listing objects. */
export function describeDeleteAndList(subject: StoreUnderTest): void {
  test('delete removes one object, and does nothing the second time', async () => {
    const [key, neighbour] = [subject.newKey(), subject.newKey()];
    await subject.store.put(key, makeBytes(10), type);
    await subject.store.put(neighbour, makeBytes(10), type);
    await subject.store.delete(key);
    await subject.store.delete(key);
    expect(await subject.store.find(key)).toBeNull();
    expect(await subject.store.head(neighbour)).toMatchObject({ bytes: 10 });
  });

  test('move changes the key of an object and nothing else, replacing what is there', async () => {
    const [from, to] = [subject.newKey(), `orphans/${subject.newKey()}`];
    await subject.store.put(to, makeBytes(3, 2), 'image/webp');
    await subject.store.put(from, makeBytes(10), type);
    expect(await subject.store.move(from, to)).toBe(true);
    expect(await subject.traces(from)).toEqual(noTraces);
    const moved = await subject.find(to);
    expect(moved).toMatchObject({ key: to, bytes: 10, type });
    expect(await readAll(moved.body)).toEqual(Buffer.from(makeBytes(10)));
    expect(await subject.leftovers(to)).toEqual([]);
  });

  test('a moved object is as new as one that was stored at that moment', async () => {
    const [from, to, next] = [subject.newKey(), `orphans/${subject.newKey()}`, subject.newKey()];
    await subject.store.put(from, makeBytes(10), type);
    const original = await subject.store.head(from);
    await waitUntil('the clock of the store moves on', async () => {
      await subject.store.put(next, makeBytes(1), type);
      return Number((await subject.store.head(next))?.modifiedAt) > Number(original?.modifiedAt);
    });
    await subject.store.move(from, to);
    const [moved, reference] = [await subject.store.head(to), await subject.store.head(next)];
    expect(Number(moved?.modifiedAt)).toBeGreaterThanOrEqual(Number(reference?.modifiedAt));
  });

  test('move returns false and changes nothing when there is no object', async () => {
    const [from, to] = [subject.newKey(), subject.newKey()];
    await subject.store.put(to, makeBytes(3), type);
    expect(await subject.store.move(from, to)).toBe(false);
    expect(await subject.store.head(to)).toMatchObject({ bytes: 3 });
  });

  test('deleteMany removes the objects of all its keys and no others', async () => {
    const [neighbour, missing] = [subject.newKey(), subject.newKey()];
    const prefix = `thumbnails/${randomUUID()}/`;
    const keys = [...Array.from({ length: 20 }, (_, index) => `${prefix}${index}`), subject.newKey()];
    for (const key of [...keys, neighbour]) await subject.store.put(key, makeBytes(10), type);
    expect(await subject.store.deleteMany([...keys, missing, keys[0] as string])).toEqual([]);
    expect(await Promise.all(keys.map((key) => subject.store.head(key)))).toEqual(keys.map(() => null));
    expect(await subject.store.head(neighbour)).toMatchObject({ bytes: 10 });
  });

  test('deleteMany takes more keys than one request of S3, and none', async () => {
    const keys = Array.from({ length: 2_001 }, () => subject.newKey());
    const [first, last] = [keys[0] as string, keys[2_000] as string];
    for (const key of [first, last]) await subject.store.put(key, makeBytes(1), type);
    expect(await subject.store.deleteMany(keys)).toEqual([]);
    expect(await subject.store.head(first)).toBeNull();
    expect(await subject.store.head(last)).toBeNull();
    expect(await subject.store.deleteMany([])).toEqual([]);
  });

  test('stores an object under a prefix whose last object was deleted', async () => {
    const prefix = `thumbnails/${randomUUID()}/`;
    await subject.store.put(`${prefix}a`, makeBytes(1), type);
    await subject.store.delete(`${prefix}a`);
    expect(await subject.store.list(prefix, { limit: 10 })).toEqual([]);
    await subject.store.put(`${prefix}b`, makeBytes(1), type);
    expect(await subject.store.head(`${prefix}b`)).not.toBeNull();
  });

  describe('list', () => {
    const prefix = `thumbnails/${randomUUID()}`;
    // In the order of the whole keys: '-' and '.' sort before '/', digits after it.
    const stored = ['-a', '.a', '/a-1', '/a/x', '/a/y', '/a0', '/b', '0'].map((end) => prefix + end);
    beforeAll(async () => {
      for (const key of stored.toReversed()) await subject.store.put(key, makeBytes(key.length), type);
    });
    const keys = async (under: string, options: { limit: number; after?: string }) =>
      (await subject.store.list(under, options)).map(({ key }) => key);

    test('returns keys in order, with size and date', async () => {
      const listed = await subject.store.list(prefix, { limit: 1000 });
      expect(listed).toEqual(stored.map((key) => ({ key, bytes: key.length, modifiedAt: expect.any(Date) })));
    });

    test('accepts a prefix that ends within a name, ends with a slash or matches nothing', async () => {
      expect(await keys(`${prefix}/a`, { limit: 100 })).toEqual(stored.filter((key) => key.startsWith(`${prefix}/a`)));
      expect(await keys(`${prefix}/a/`, { limit: 100 })).toEqual([`${prefix}/a/x`, `${prefix}/a/y`]);
      expect(await keys(`${prefix}/none`, { limit: 100 })).toEqual([]);
    });

    test.each(stored.keys().toArray())('continues after key number %i', async (index) => {
      expect(await keys(prefix, { limit: 100, after: stored[index] as string })).toEqual(stored.slice(index + 1));
    });

    test('continues after a key that does not exist', async () => {
      expect(await keys(prefix, { limit: 100, after: `${prefix}/a` })).toEqual(stored.slice(2));
      expect(await keys(prefix, { limit: 100, after: `${prefix}/a/xx` })).toEqual(stored.slice(4));
      expect(await keys(prefix, { limit: 100, after: `${prefix}zz` })).toEqual([]);
    });

    test('pages return every key once', async () => {
      const listed: string[] = [];
      let page: string[];
      do {
        const after = listed.at(-1);
        page = await keys(prefix, { limit: 3, ...(after && { after }) });
        listed.push(...page);
      } while (page.length === 3);
      expect(listed).toEqual(stored);
    });
  });
}
