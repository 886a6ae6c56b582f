import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openFilesystemStore } from '../src/filesystem/filesystem-store.ts';
import { trailerBytes } from '../src/filesystem/object-file.ts';
import { putFile } from '../src/filesystem/put-file.ts';
import { makeBytes, sourceOf } from './test-bodies.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'durable-files-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const key = 'originals/one';
const objectPath = () => join(directory, 'objects', key);
const inode = async (path: string) => (await stat(path)).ino;

/** Records each file and directory that is synced, and whether the object had its final path by then. */
async function recordSyncs() {
  const synced: { ino: number; bytes: number; isFile: boolean; wasPublished: boolean }[] = [];
  const handle = await open(directory);
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const { sync } = prototype;
  const spy = vi.spyOn(prototype, 'sync').mockImplementation(async function (this: typeof handle) {
    const stats = await this.stat();
    synced.push({
      ino: stats.ino,
      bytes: stats.size,
      isFile: stats.isFile(),
      wasPublished: existsSync(objectPath()),
    });
    await sync.call(this);
  });
  return { synced, stop: () => spy.mockRestore() };
}

test.each([
  ['bytes', () => makeBytes(1_000)],
  ['a stream', () => sourceOf(makeBytes(1_000), [300])],
])('put of %s syncs the whole file before it has its name, and then every directory it made', async (_, body) => {
  const store = openFilesystemStore(directory);
  const { synced, stop } = await recordSyncs();
  await store.put(key, body(), 'image/png').finally(stop);
  const [file, ...directories] = synced;
  expect(file).toEqual({
    ino: await inode(objectPath()),
    bytes: 1_000 + trailerBytes,
    isFile: true,
    wasPublished: false,
  });
  expect(directories.every(({ isFile, wasPublished }) => !isFile && wasPublished)).toBe(true);
  const parents = ['objects/originals', 'objects', ''].map((path) => inode(join(directory, path)));
  expect(directories.map(({ ino }) => ino)).toEqual(await Promise.all(parents));
});

test('an abort after the last byte keeps the file from being published', async () => {
  const temporary = join(directory, 'tmp');
  const path = join(directory, 'one');
  const controller = new AbortController();
  const reason = new Error('too slow');
  async function* chunks() {
    yield await Promise.resolve(makeBytes(10));
    controller.abort(reason);
  }
  const putting = putFile(chunks(), { temporary, path, type: 'image/png', signal: controller.signal });
  await expect(putting).rejects.toBe(reason);
  expect(existsSync(path)).toBe(false);
  expect(await readdir(temporary)).toEqual([]);
});

const damaged = { code: 'storage_damaged' };

test.each([9_000, 100, 0])('a file that was cut to %i bytes is not returned as an object', async (length) => {
  const store = openFilesystemStore(directory);
  await store.put(key, makeBytes(10_000), 'image/png');
  await truncate(objectPath(), length);
  await expect(store.find(key)).rejects.toMatchObject(damaged);
  await expect(store.read(key)).rejects.toMatchObject(damaged);
});

test.each(['{}', '{"type":1}', '"image/png"'])('a file that ends with %s is not returned as an object', async (end) => {
  const store = openFilesystemStore(directory);
  await store.put(key, makeBytes(10_000), 'image/png');
  await writeFile(objectPath(), end.padEnd(trailerBytes));
  await expect(store.find(key)).rejects.toMatchObject(damaged);
  await expect(store.read(key)).rejects.toMatchObject(damaged);
});
