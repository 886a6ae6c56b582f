import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFilesystemStore } from '../src/filesystem/filesystem-store.ts';
import { describeObjectStore } from './contract.ts';
import { makeBytes, sourceOf } from './contract-bodies.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'filesystem-store-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));
const newDirectory = () => join(root, randomUUID());

describeObjectStore('a directory', () => {
  const directory = newDirectory();
  return Promise.resolve({
    store: openFilesystemStore(directory),
    leftovers: () => readdir(join(directory, 'tmp')),
  });
});

test('only the owner may read what is kept', async () => {
  const directory = newDirectory();
  await openFilesystemStore(directory).put('originals/one', makeBytes(10), 'image/png');
  const modes = ['', 'tmp', 'objects', 'objects/originals', 'objects/originals/one'].map(
    async (path) => (await stat(join(directory, path))).mode & 0o777,
  );
  expect(await Promise.all(modes)).toEqual([0o700, 0o700, 0o700, 0o700, 0o600]);
});

test('the last object of a directory takes the empty directories with it', async () => {
  const directory = newDirectory();
  const store = openFilesystemStore(directory);
  await store.put('thumbnails/job/a', makeBytes(10), 'image/png');
  await store.put('thumbnails/job/b', makeBytes(10), 'image/png');
  await store.delete('thumbnails/job/a');
  expect(await readdir(join(directory, 'objects/thumbnails/job'))).toEqual(['b']);
  await store.delete('thumbnails/job/b');
  expect(await readdir(join(directory, 'objects'))).toEqual([]);
});

test('what is kept is still there for the next one who opens the directory', async () => {
  const directory = newDirectory();
  await openFilesystemStore(directory).put('originals/one', makeBytes(10), 'image/png');
  expect(await openFilesystemStore(directory).head('originals/one')).toMatchObject({ bytes: 10 });
});

test('opening removes what was left more than a day ago by uploads that died, and nothing else', async () => {
  const directory = newDirectory();
  const store = openFilesystemStore(directory);
  await store.put('originals/old', makeBytes(10), 'image/png');
  const [old, young] = [join(directory, 'tmp/old'), join(directory, 'tmp/young')];
  await writeFile(old, 'x');
  await writeFile(young, 'x');
  const long = new Date(Date.now() - 25 * 60 * 60 * 1000);
  await utimes(old, long, long);
  await utimes(join(directory, 'objects/originals/old'), long, long);
  const again = openFilesystemStore(directory);
  expect(await readdir(join(directory, 'tmp'))).toEqual(['young']);
  expect(await again.head('originals/old')).toMatchObject({ modifiedAt: long });
});

test('an empty directory, and one that was never made, hold nothing', async () => {
  const directory = newDirectory();
  const store = openFilesystemStore(directory);
  expect(await store.list('', { limit: 10 })).toEqual([]);
  expect(await store.find('originals/one')).toBeNull();
  await expect(store.delete('originals/one')).resolves.toBeUndefined();
});

test('keys are listed by code unit, as S3 lists them', async () => {
  const store = openFilesystemStore(newDirectory());
  const keys = ['B', 'a-', 'a.b', 'a/b', 'a0', 'aB', 'a_', 'ab'].map((end) => `originals/x${end}`);
  await Promise.all(keys.map((key) => store.put(key, makeBytes(1), 'image/png')));
  expect((await store.list('originals/', { limit: 100 })).map(({ key }) => key)).toEqual(keys);
});

test('a file that lost its end is not given out as an object', async () => {
  const directory = newDirectory();
  const store = openFilesystemStore(directory);
  await store.put('originals/one', makeBytes(10_000), 'image/png');
  await truncate(join(directory, 'objects/originals/one'), 9000);
  await expect(store.find('originals/one')).rejects.toMatchObject({ code: 'storage_unavailable', retryable: true });
});

test('a place that is no directory fails every call with storage_unavailable, its path hidden from clients', async () => {
  const place = newDirectory();
  await writeFile(place, 'a file');
  const store = openFilesystemStore(place);
  const unavailable = {
    code: 'storage_unavailable',
    retryable: true,
    publicMessage: expect.not.stringContaining(root),
  };
  await expect(store.check()).rejects.toMatchObject(unavailable);
  await expect(store.put('originals/one', makeBytes(1), 'image/png')).rejects.toMatchObject(unavailable);
  await expect(store.put('originals/one', sourceOf(makeBytes(9), [1]), 'image/png')).rejects.toMatchObject(unavailable);
});

test('a directory in the place of an object is no object, and is not replaced by one', async () => {
  const directory = newDirectory();
  const store = openFilesystemStore(directory);
  await store.put('originals/one/two', makeBytes(1), 'image/png');
  const putting = store.put('originals/one', makeBytes(1), 'image/png');
  await expect(putting).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(await readdir(join(directory, 'tmp'))).toEqual([]);
  await expect(store.delete('originals/one')).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(await store.head('originals/one/two')).toMatchObject({ bytes: 1 });
});
