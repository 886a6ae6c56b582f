import { randomUUID } from 'node:crypto';
import { AppError } from '@thumbnail-api/errors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectStore, StoredObject } from '../src/object-store.ts';
import { makeBytes, readAll, sha256, sourceOf, stoppingBody } from './contract-bodies.ts';

const mebibyte = 1024 * 1024;
const type = 'image/png';

/** A store to be tested, and a look behind it. */
export interface OpenedStore {
  store: ObjectStore;
  /** Names what lies about under a key although no object is seen there: temporary files, parts of an upload. */
  leftovers(key: string): Promise<string[]>;
}

/**
 * The tests that every {@link ObjectStore} passes, for vitest.
 *
 * `open` is called once; the suite closes what it gives, uses keys of its own in it and may leave objects behind.
 */
export function describeObjectStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} keeps the contract of an object store:`, () => {
    let store: ObjectStore;
    let leftovers: OpenedStore['leftovers'];
    beforeAll(async () => {
      ({ store, leftovers } = await open());
    });
    afterAll(() => store?.close());

    const newKey = () => `originals/${randomUUID()}`;
    const traces = async (key: string) => ({ head: await store.head(key), leftovers: await leftovers(key) });
    const noTraces = { head: null, leftovers: [] };
    const find = async (key: string, options?: Parameters<ObjectStore['find']>[1]) => {
      const found = await store.find(key, options);
      expect(found).not.toBeNull();
      return found as StoredObject;
    };

    test('what was put is found again, with its size, its media type and a date by a clock that is right', async () => {
      const key = newKey();
      const bytes = makeBytes(1000);
      await store.put(key, bytes, type);
      const { body, modifiedAt, ...found } = await find(key);
      expect(found).toEqual({ key, bytes: 1000, type });
      expect(await readAll(body)).toEqual(Buffer.from(bytes));
      expect(Math.abs(Date.now() - modifiedAt.getTime())).toBeLessThan(60_000);
    });

    test.each([0, 1, 6 * mebibyte])('an object of %i bytes is read at once, as it was put', async (size) => {
      const key = newKey();
      const bytes = makeBytes(size);
      await store.put(key, bytes, type);
      expect(sha256((await store.read(key)) as Buffer)).toBe(sha256(bytes));
    });

    test.each([
      ['as bytes', () => new Uint8Array()],
      ['as a stream', () => sourceOf(new Uint8Array(), [1])],
    ])('an object may be empty, given %s', async (_, body) => {
      const key = newKey();
      await store.put(key, body(), type);
      const found = await find(key);
      expect(found).toMatchObject({ bytes: 0, type });
      expect(await readAll(found.body)).toHaveLength(0);
    });

    test.each([
      ['odd chunks, empty ones among them', 100_003, [1, 0, 7, 4096, 3]],
      ['chunks larger than a part of an upload', 20 * mebibyte + 1, [18 * mebibyte + 5]],
      ['20 MiB in small chunks', 20 * mebibyte, [65_536]],
      ['exactly one part of an upload', 5 * mebibyte, [mebibyte]],
      ['exactly two parts of an upload', 10 * mebibyte, [mebibyte]],
    ])('a stream comes back byte for byte: %s', async (_, length, sizes) => {
      const key = newKey();
      const bytes = makeBytes(length);
      await store.put(key, sourceOf(bytes, sizes), type);
      const found = await find(key);
      expect(found).toMatchObject({ bytes: length, type });
      expect(sha256(await readAll(found.body))).toBe(sha256(bytes));
      expect(await leftovers(key)).toEqual([]);
    });

    test('a second put replaces bytes and media type', async () => {
      const key = newKey();
      await store.put(key, makeBytes(500, 1), type);
      await store.put(key, makeBytes(20, 2), 'image/webp');
      const found = await find(key);
      expect(found).toMatchObject({ bytes: 20, type: 'image/webp' });
      expect(await readAll(found.body)).toEqual(Buffer.from(makeBytes(20, 2)));
    });

    test('what is not there is null', async () => {
      const key = newKey();
      expect(await store.find(key)).toBeNull();
      expect(await store.read(key)).toBeNull();
      expect(await store.head(key)).toBeNull();
      expect(await store.find(key, { range: { first: 0, last: 9 } })).toBeNull();
      expect(await store.find(key, { range: { first: 10, last: 19 } })).toBeNull();
    });

    test('head tells size and date, and what only begins like a key is nothing', async () => {
      const key = newKey();
      await store.put(key, makeBytes(77), type);
      expect(await store.head(key)).toEqual({ key, bytes: 77, modifiedAt: expect.any(Date) });
      expect(await store.head(key.slice(0, -1))).toBeNull();
      expect(await store.head(`${key}/more`)).toBeNull();
      expect(await store.head('originals')).toBeNull();
      expect(await store.find('originals')).toBeNull();
      expect(await store.read('originals')).toBeNull();
    });

    test.each([
      ['the first byte', 0, 0, 0, 1],
      ['the middle', 100, 299, 100, 300],
      ['the last byte', 999, 999, 999, 1000],
      ['the whole', 0, 999, 0, 1000],
      ['more than there is', 990, 5000, 990, 1000],
      ['nothing but what is behind the end', 1000, 1001, 0, 0],
    ])('a range gives %s, and the size of the whole', async (_, first, last, from, to) => {
      const key = newKey();
      const bytes = makeBytes(1000);
      await store.put(key, bytes, type);
      const found = await find(key, { range: { first, last } });
      expect(found).toMatchObject({ key, bytes: 1000, type });
      expect(await readAll(found.body)).toEqual(Buffer.from(bytes.subarray(from, to)));
    });

    test('a range of an empty object is empty', async () => {
      const key = newKey();
      await store.put(key, new Uint8Array(), type);
      const found = await find(key, { range: { first: 0, last: 0 } });
      expect(found.bytes).toBe(0);
      expect(await readAll(found.body)).toHaveLength(0);
    });

    test('what was deleted is gone, and deleting it again is no error', async () => {
      const [key, neighbour] = [newKey(), newKey()];
      await store.put(key, makeBytes(10), type);
      await store.put(neighbour, makeBytes(10), type);
      await store.delete(key);
      await store.delete(key);
      expect(await store.find(key)).toBeNull();
      expect(await store.head(neighbour)).toMatchObject({ bytes: 10 });
    });

    test('an object can be put again where the last of its neighbours was deleted', async () => {
      const prefix = `thumbnails/${randomUUID()}/`;
      await store.put(`${prefix}a`, makeBytes(1), type);
      await store.delete(`${prefix}a`);
      expect(await store.list(prefix, { limit: 10 })).toEqual([]);
      await store.put(`${prefix}b`, makeBytes(1), type);
      expect(await store.head(`${prefix}b`)).not.toBeNull();
    });

    describe('list', () => {
      const prefix = `thumbnails/${randomUUID()}`;
      // In the order of the whole keys: '-' and '.' sort before '/', digits behind it.
      const kept = ['-a', '.a', '/a-1', '/a/x', '/a/y', '/a0', '/b', '0'].map((end) => prefix + end);
      beforeAll(async () => {
        for (const key of kept.toReversed()) await store.put(key, makeBytes(key.length), type);
      });
      const keys = async (under: string, options: { limit: number; after?: string }) =>
        (await store.list(under, options)).map(({ key }) => key);

      test('gives keys in their order, with size and date', async () => {
        const listed = await store.list(prefix, { limit: 1000 });
        expect(listed).toEqual(kept.map((key) => ({ key, bytes: key.length, modifiedAt: expect.any(Date) })));
      });

      test('a prefix may end within a name or at a slash, and may match nothing', async () => {
        expect(await keys(`${prefix}/a`, { limit: 100 })).toEqual(kept.filter((key) => key.startsWith(`${prefix}/a`)));
        expect(await keys(`${prefix}/a/`, { limit: 100 })).toEqual([`${prefix}/a/x`, `${prefix}/a/y`]);
        expect(await keys(`${prefix}/none`, { limit: 100 })).toEqual([]);
      });

      test.each(kept.keys().toArray())('goes on behind the key number %i', async (index) => {
        expect(await keys(prefix, { limit: 100, after: kept[index] as string })).toEqual(kept.slice(index + 1));
      });

      test('goes on behind a key that is not there', async () => {
        expect(await keys(prefix, { limit: 100, after: `${prefix}/a` })).toEqual(kept.slice(2));
        expect(await keys(prefix, { limit: 100, after: `${prefix}/a/xx` })).toEqual(kept.slice(4));
        expect(await keys(prefix, { limit: 100, after: `${prefix}zz` })).toEqual([]);
      });

      test('pages of any size meet every key once', async () => {
        const met: string[] = [];
        let page: string[];
        do {
          const after = met.at(-1);
          page = await keys(prefix, { limit: 3, ...(after && { after }) });
          met.push(...page);
        } while (page.length === 3);
        expect(met).toEqual(kept);
      });
    });

    test.each([
      ['before its first byte', 0],
      ['in its middle', 100_000],
      ['after the first part was sent', 9 * mebibyte],
    ])('a body that throws %s leaves nothing, and its error comes out as it is', async (_, length) => {
      const key = newKey();
      const error = new AppError('payload_too_large', 'Too large.');
      await expect(store.put(key, stoppingBody(length, error).body, type)).rejects.toBe(error);
      expect(await traces(key)).toEqual(noTraces);
    });

    test('a put that fails leaves the object that was there', async () => {
      const key = newKey();
      await store.put(key, makeBytes(300), type);
      const error = new Error('the body broke');
      await expect(store.put(key, stoppingBody(9 * mebibyte, error).body, 'image/webp')).rejects.toBe(error);
      const found = await find(key);
      expect(found).toMatchObject({ bytes: 300, type });
      expect(await readAll(found.body)).toEqual(Buffer.from(makeBytes(300)));
    });

    test.each([
      ['before its first byte', 0],
      ['in its middle', 100_000],
      ['after the first part was sent', 9 * mebibyte],
    ])(
      'an aborted put whose body fell silent %s ends with the reason, leaves nothing and cancels the body',
      async (_, length) => {
        const key = newKey();
        const source = stoppingBody(length);
        const controller = new AbortController();
        const reason = new Error('enough');
        const putting = store.put(key, source.body, type, { signal: controller.signal });
        await source.reached;
        controller.abort(reason);
        await expect(putting).rejects.toBe(reason);
        await source.cancelled;
        expect(await traces(key)).toEqual(noTraces);
      },
    );

    test('a call whose signal is already aborted does nothing but throw its reason', async () => {
      const key = newKey();
      const reason = new Error('too late');
      const signal = AbortSignal.abort(reason);
      const source = stoppingBody(10);
      await expect(store.put(key, source.body, type, { signal })).rejects.toBe(reason);
      await source.cancelled;
      await expect(store.put(key, makeBytes(10), type, { signal })).rejects.toBe(reason);
      await expect(store.find(key, { signal })).rejects.toBe(reason);
      await expect(store.read(key, { signal })).rejects.toBe(reason);
      await expect(store.head(key, { signal })).rejects.toBe(reason);
      await expect(store.delete(key, { signal })).rejects.toBe(reason);
      await expect(store.list(key, { signal, limit: 1 })).rejects.toBe(reason);
      await expect(store.check({ signal })).rejects.toBe(reason);
      expect(await traces(key)).toEqual(noTraces);
    });

    test('of puts to one key at the same time one wins, whole', async () => {
      const key = newKey();
      const bodies = [1, 2, 3, 4].map((seed) => makeBytes(9 * mebibyte + seed, seed));
      await Promise.all(bodies.map((bytes) => store.put(key, sourceOf(bytes, [mebibyte]), type)));
      const found = await readAll((await find(key)).body);
      expect(bodies.map(sha256)).toContain(sha256(found));
      expect(await leftovers(key)).toEqual([]);
    });

    test('a put is kept although its neighbours are deleted at that moment', async () => {
      const prefix = `thumbnails/${randomUUID()}/`;
      const jobs = Array.from({ length: 50 }, (_, job) => `${prefix}${job}`);
      await Promise.all(
        jobs.flatMap((job) => [
          store.put(`${job}/kept`, makeBytes(100), type),
          ...Array.from({ length: 10 }, (_, other) => store.delete(`${job}/${other}`)),
        ]),
      );
      const listed = await store.list(prefix, { limit: 1000 });
      expect(listed.map(({ key }) => key)).toEqual(jobs.map((job) => `${job}/kept`).sort());
    });

    test('bodies that are cancelled, read or not, keep no connection or file', async () => {
      const key = newKey();
      await store.put(key, makeBytes(2 * mebibyte), type);
      for (let round = 0; round < 200; round += 1) {
        const reader = (await find(key)).body.getReader();
        await [() => undefined, () => reader.read()][round % 2]?.();
        await reader.cancel();
      }
      expect((await readAll((await find(key)).body)).byteLength).toBe(2 * mebibyte);
    });

    test('reading a body whose signal is aborted throws the reason', async () => {
      const key = newKey();
      await store.put(key, makeBytes(4 * mebibyte), type);
      const controller = new AbortController();
      const reason = new Error('enough');
      const reader = (await find(key, { signal: controller.signal })).body.getReader();
      expect((await reader.read()).value?.byteLength).toBeGreaterThan(0);
      controller.abort(reason);
      await expect(reader.read()).rejects.toBe(reason);
    });

    test.each(['', '/a', 'a/', 'a//b', '..', 'a/../b', './a', 'a b', 'a\\b', 'ä', 'a\0', 'a%2fb', 'x'.repeat(256)])(
      'the key %j is refused as a fault of the program',
      async (key) => {
        const fault = expect.not.objectContaining({ code: 'storage_unavailable' });
        await expect(store.put(key, makeBytes(1), type)).rejects.toEqual(fault);
        await expect(store.find(key)).rejects.toEqual(fault);
        await expect(store.read(key)).rejects.toEqual(fault);
        await expect(store.head(key)).rejects.toEqual(fault);
        await expect(store.delete(key)).rejects.toEqual(fault);
      },
    );

    test('a range, a limit or a media type that cannot be is refused as a fault of the program', async () => {
      const key = newKey();
      await expect(store.find(key, { range: { first: 5, last: 4 } })).rejects.toThrow(RangeError);
      await expect(store.find(key, { range: { first: -1, last: 4 } })).rejects.toThrow(RangeError);
      await expect(store.list(key, { limit: 0 })).rejects.toThrow(RangeError);
      await expect(store.list(key, { limit: 1001 })).rejects.toThrow(RangeError);
      await expect(store.put(key, makeBytes(1), 'image/png\r\nx: y')).rejects.toThrow('not a media type');
    });

    test('check returns', async () => {
      await expect(store.check()).resolves.toBeUndefined();
    });
  });
}
