import { randomUUID } from 'node:crypto';
import { AppError } from '@thumbnail-api/errors';
import { expect, test } from 'vitest';
import { makeBytes, readAll, sha256, sourceOf, stoppingBody } from '../test-bodies.ts';
import { noTraces, type StoreUnderTest } from './store-under-test.ts';

const mebibyte = 1024 * 1024;
const type = 'image/png';

/** The tests of failed and aborted calls, and of concurrent calls. */
export function describeFailures(subject: StoreUnderTest): void {
  test.each([
    ['before its first byte', 0],
    ['in its middle', 100_000],
    ['after the first part was sent', 9 * mebibyte],
  ])('a body that throws %s leaves nothing, and put throws the same error', async (_, length) => {
    const key = subject.newKey();
    const error = new AppError('payload_too_large', 'Too large.');
    await expect(subject.store.put(key, stoppingBody(length, error).body, type)).rejects.toBe(error);
    expect(await subject.traces(key)).toEqual(noTraces);
  });

  test('a failed put leaves the existing object unchanged', async () => {
    const key = subject.newKey();
    await subject.store.put(key, makeBytes(300), type);
    const error = new Error('the body broke');
    await expect(subject.store.put(key, stoppingBody(9 * mebibyte, error).body, 'image/webp')).rejects.toBe(error);
    const found = await subject.find(key);
    expect(found).toMatchObject({ bytes: 300, type });
    expect(await readAll(found.body)).toEqual(Buffer.from(makeBytes(300)));
  });

  test.each([
    ['before its first byte', 0],
    ['in its middle', 100_000],
    ['after the first part was sent', 9 * mebibyte],
  ])(
    'an aborted put whose body stalls %s throws the reason, leaves nothing and cancels the body',
    async (_, length) => {
      const key = subject.newKey();
      const source = stoppingBody(length);
      const controller = new AbortController();
      const reason = new Error('enough');
      const putting = subject.store.put(key, source.body, type, { signal: controller.signal });
      await source.reached;
      controller.abort(reason);
      await expect(putting).rejects.toBe(reason);
      await source.cancelled;
      expect(await subject.traces(key)).toEqual(noTraces);
    },
  );

  test('a call with an aborted signal throws the reason and does nothing', async () => {
    const key = subject.newKey();
    const reason = new Error('too late');
    const signal = AbortSignal.abort(reason);
    const source = stoppingBody(10);
    await expect(subject.store.put(key, source.body, type, { signal })).rejects.toBe(reason);
    await source.cancelled;
    await expect(subject.store.put(key, makeBytes(10), type, { signal })).rejects.toBe(reason);
    await expect(subject.store.find(key, { signal })).rejects.toBe(reason);
    await expect(subject.store.read(key, { signal })).rejects.toBe(reason);
    await expect(subject.store.head(key, { signal })).rejects.toBe(reason);
    await expect(subject.store.delete(key, { signal })).rejects.toBe(reason);
    await expect(subject.store.move(key, subject.newKey(), { signal })).rejects.toBe(reason);
    await expect(subject.store.deleteMany([key], { signal })).rejects.toBe(reason);
    await expect(subject.store.list(key, { signal, limit: 1 })).rejects.toBe(reason);
    await expect(subject.store.check({ signal })).rejects.toBe(reason);
    expect(await subject.traces(key)).toEqual(noTraces);
  });

  test('concurrent puts to one key store one of the bodies as a whole', async () => {
    const key = subject.newKey();
    const bodies = [1, 2, 3, 4].map((seed) => makeBytes(9 * mebibyte + seed, seed));
    await Promise.all(bodies.map((bytes) => subject.store.put(key, sourceOf(bytes, [mebibyte]), type)));
    const found = await readAll((await subject.find(key)).body);
    expect(bodies.map(sha256)).toContain(sha256(found));
    expect(await subject.leftovers(key)).toEqual([]);
  });

  test('a put succeeds while neighbouring objects are deleted', async () => {
    const prefix = `thumbnails/${randomUUID()}/`;
    const jobs = Array.from({ length: 50 }, (_, job) => `${prefix}${job}`);
    await Promise.all(
      jobs.flatMap((job) => [
        subject.store.put(`${job}/kept`, makeBytes(100), type),
        ...Array.from({ length: 10 }, (_, other) => subject.store.delete(`${job}/${other}`)),
      ]),
    );
    const listed = await subject.store.list(prefix, { limit: 1000 });
    expect(listed.map(({ key }) => key)).toEqual(jobs.map((job) => `${job}/kept`).sort());
  });

  test('cancelled bodies release their connection or file', async () => {
    const key = subject.newKey();
    await subject.store.put(key, makeBytes(2 * mebibyte), type);
    for (let round = 0; round < 200; round += 1) {
      const reader = (await subject.find(key)).body.getReader();
      await [() => undefined, () => reader.read()][round % 2]?.();
      await reader.cancel();
    }
    expect((await readAll((await subject.find(key)).body)).byteLength).toBe(2 * mebibyte);
  });

  test('an abort fails the reading of a body with the reason', async () => {
    const key = subject.newKey();
    await subject.store.put(key, makeBytes(4 * mebibyte), type);
    const controller = new AbortController();
    const reason = new Error('enough');
    const reader = (await subject.find(key, { signal: controller.signal })).body.getReader();
    expect((await reader.read()).value?.byteLength).toBeGreaterThan(0);
    controller.abort(reason);
    await expect(reader.read()).rejects.toBe(reason);
  });
}
