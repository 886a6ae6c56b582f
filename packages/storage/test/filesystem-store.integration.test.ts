import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@thumbnail-api/errors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFilesystemStore } from '../src/filesystem/filesystem-store.ts';
import { probeStore } from '../src/probe-store.ts';
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

test.each([
  ['directory', (directory: string) => writeFile(directory, 'a file')],
  [
    'folder of the objects',
    async (directory: string) => {
      await mkdir(directory);
      await writeFile(join(directory, 'objects'), 'a file');
    },
  ],
])('a %s that is a file fails every call with storage_unavailable, without the path', async (_, breakDirectory) => {
  const directory = newDirectory();
  await breakDirectory(directory);
  const store = openFilesystemStore(directory);
  const calls = {
    check: () => store.check(),
    put: () => store.put('originals/one', makeBytes(1), 'image/png'),
    'put of a stream': () => store.put('originals/one', sourceOf(makeBytes(9), [1]), 'image/png'),
    read: () => store.read('originals/one'),
    find: () => store.find('originals/one'),
    head: () => store.head('originals/one'),
    list: () => store.list('', { limit: 10 }),
    delete: () => store.delete('originals/one'),
  };
  const outcomes = Object.entries(calls).map(async ([name, call]) => [name, await call().catch((error) => error)]);
  const unavailable = {
    code: 'storage_unavailable',
    retryable: true,
    publicMessage: expect.not.stringContaining(root),
  };
  for (const [name, outcome] of await Promise.all(outcomes)) expect([name, outcome]).toMatchObject([name, unavailable]);
});

test('the probe of a healthy store passes, also many at once, and leaves one object', async () => {
  const store = openFilesystemStore(newDirectory());
  await Promise.all(Array.from({ length: 8 }, () => probeStore(store)));
  expect((await store.list('', { limit: 10 })).map(({ key }) => key)).toEqual(['probes/storage']);
});

test.each([
  ['refuses to store', { put: () => Promise.reject(new AppError('storage_unavailable', 'It is down.')) }],
  ['does not return what it stored', { read: () => Promise.resolve(null) }],
  ['hangs', { read: () => new Promise<null>(() => undefined) }],
])('the probe of a store that %s fails with storage_unavailable', async (_, broken) => {
  const store = { ...openFilesystemStore(newDirectory()), ...broken };
  await expect(probeStore(store, { deadlineMs: 500 })).rejects.toMatchObject({ code: 'storage_unavailable' });
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
