import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFilesystemStore } from '../src/filesystem/filesystem-store.ts';
import { describeObjectStore } from './contract/describe-object-store.ts';
import { makeBytes, sourceOf } from './test-bodies.ts';

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

test('only the owner can read the files', async () => {
  const directory = newDirectory();
  await openFilesystemStore(directory).put('originals/one', makeBytes(10), 'image/png');
  const modes = ['', 'tmp', 'objects', 'objects/originals', 'objects/originals/one'].map(
    async (path) => (await stat(join(directory, path))).mode & 0o777,
  );
  expect(await Promise.all(modes)).toEqual([0o700, 0o700, 0o700, 0o700, 0o600]);
});

test('deleting the last object of a directory removes the empty directories', async () => {
  const directory = newDirectory();
  const store = openFilesystemStore(directory);
  await store.put('thumbnails/job/a', makeBytes(10), 'image/png');
  await store.put('thumbnails/job/b', makeBytes(10), 'image/png');
  await store.delete('thumbnails/job/a');
  expect(await readdir(join(directory, 'objects/thumbnails/job'))).toEqual(['b']);
  await store.delete('thumbnails/job/b');
  expect(await readdir(join(directory, 'objects'))).toEqual([]);
});

test('deleteMany removes the empty directories, and returns what it cannot delete', async () => {
  const directory = newDirectory();
  const store = openFilesystemStore(directory);
  for (const name of ['job/a', 'job/b', 'other/a']) await store.put(`thumbnails/${name}`, makeBytes(10), 'image/png');
  const unavailable = expect.objectContaining({ code: 'storage_unavailable', retryable: true });
  const refused = 'thumbnails/other';
  const keys = ['thumbnails/job/a', 'thumbnails/job/b', refused];
  expect(await store.deleteMany(keys)).toEqual([{ key: refused, error: unavailable }]);
  expect(await readdir(join(directory, 'objects/thumbnails'))).toEqual(['other']);
});

test('objects are still there when the directory is opened again', async () => {
  const directory = newDirectory();
  await openFilesystemStore(directory).put('originals/one', makeBytes(10), 'image/png');
  expect(await openFilesystemStore(directory).head('originals/one')).toMatchObject({ bytes: 10 });
});

test('open removes leftovers of uploads that are more than a day old, and nothing else', async () => {
  const directory = newDirectory();
  const store = openFilesystemStore(directory);
  await store.put('originals/old', makeBytes(10), 'image/png');
  const [old, recent] = [join(directory, 'tmp/old'), join(directory, 'tmp/recent')];
  await writeFile(old, 'x');
  await writeFile(recent, 'x');
  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
  await utimes(old, yesterday, yesterday);
  await utimes(join(directory, 'objects/originals/old'), yesterday, yesterday);
  const reopened = openFilesystemStore(directory);
  expect(await readdir(join(directory, 'tmp'))).toEqual(['recent']);
  expect(await reopened.head('originals/old')).toMatchObject({ modifiedAt: yesterday });
});

test('a directory that does not exist holds no objects', async () => {
  const directory = newDirectory();
  const store = openFilesystemStore(directory);
  expect(await store.list('', { limit: 10 })).toEqual([]);
  expect(await store.find('originals/one')).toBeNull();
  await expect(store.delete('originals/one')).resolves.toBeUndefined();
});

test('lists keys by code unit, as S3 does', async () => {
  const store = openFilesystemStore(newDirectory());
  const keys = ['B', 'a-', 'a.b', 'a/b', 'a0', 'aB', 'a_', 'ab'].map((end) => `originals/x${end}`);
  await Promise.all(keys.map((key) => store.put(key, makeBytes(1), 'image/png')));
  expect((await store.list('originals/', { limit: 100 })).map(({ key }) => key)).toEqual(keys);
});

test('a truncated file is not returned as an object', async () => {
  const directory = newDirectory();
  const store = openFilesystemStore(directory);
  await store.put('originals/one', makeBytes(10_000), 'image/png');
  await truncate(join(directory, 'objects/originals/one'), 9000);
  const damaged = { code: 'storage_damaged', retryable: false };
  await expect(store.find('originals/one')).rejects.toMatchObject(damaged);
  await expect(store.read('originals/one')).rejects.toMatchObject(damaged);
});

test('a path that is not a directory fails every call with storage_unavailable, without the path', async () => {
  const path = newDirectory();
  await writeFile(path, 'a file');
  const store = openFilesystemStore(path);
  const unavailable = {
    code: 'storage_unavailable',
    retryable: true,
    publicMessage: expect.not.stringContaining(root),
  };
  await expect(store.check()).rejects.toMatchObject(unavailable);
  await expect(store.put('originals/one', makeBytes(1), 'image/png')).rejects.toMatchObject(unavailable);
  await expect(store.put('originals/one', sourceOf(makeBytes(9), [1]), 'image/png')).rejects.toMatchObject(unavailable);
});

test('a directory at the path of an object is not an object, and put does not replace it', async () => {
  const directory = newDirectory();
  const store = openFilesystemStore(directory);
  await store.put('originals/one/two', makeBytes(1), 'image/png');
  const putting = store.put('originals/one', makeBytes(1), 'image/png');
  await expect(putting).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(await readdir(join(directory, 'tmp'))).toEqual([]);
  await expect(store.delete('originals/one')).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(await store.head('originals/one/two')).toMatchObject({ bytes: 1 });
});
