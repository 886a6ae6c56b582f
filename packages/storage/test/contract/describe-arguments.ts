import { expect, test } from 'vitest';
import { makeBytes } from '../test-bodies.ts';
import type { StoreUnderTest } from './store-under-test.ts';

const type = 'image/png';

/** The tests of invalid arguments. */
export function describeArguments(subject: StoreUnderTest): void {
  test.each(['', '/a', 'a/', 'a//b', '..', 'a/../b', './a', 'a b', 'a\\b', 'ä', 'a\0', 'a%2fb', 'x'.repeat(256)])(
    'rejects the key %j, and not with storage_unavailable',
    async (key) => {
      const error = expect.not.objectContaining({ code: 'storage_unavailable' });
      await expect(subject.store.put(key, makeBytes(1), type)).rejects.toEqual(error);
      await expect(subject.store.find(key)).rejects.toEqual(error);
      await expect(subject.store.read(key)).rejects.toEqual(error);
      await expect(subject.store.head(key)).rejects.toEqual(error);
      await expect(subject.store.delete(key)).rejects.toEqual(error);
      await expect(subject.store.move(key, subject.newKey())).rejects.toEqual(error);
      await expect(subject.store.move(subject.newKey(), key)).rejects.toEqual(error);
      await expect(subject.store.deleteMany([subject.newKey(), key])).rejects.toEqual(error);
    },
  );

  test('rejects an invalid range, limit or media type', async () => {
    const key = subject.newKey();
    await expect(subject.store.find(key, { range: { first: 5, last: 4 } })).rejects.toThrow(RangeError);
    await expect(subject.store.find(key, { range: { first: -1, last: 4 } })).rejects.toThrow(RangeError);
    await expect(subject.store.list(key, { limit: 0 })).rejects.toThrow(RangeError);
    await expect(subject.store.list(key, { limit: 1001 })).rejects.toThrow(RangeError);
    await expect(subject.store.put(key, makeBytes(1), 'image/png\r\nx: y')).rejects.toThrow('not a media type');
  });
}
