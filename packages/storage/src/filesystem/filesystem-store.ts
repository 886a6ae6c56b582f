import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { assertListLimit, assertMediaType, assertRange } from '../assert-arguments.ts';
import { consumeBody } from '../byte-source.ts';
import { callStore } from '../call-store.ts';
import { assertObjectKey } from '../object-key.ts';
import type { ObjectStore } from '../object-store.ts';
import { storageUnavailable } from '../storage-unavailable.ts';
import { assertDirectory } from './assert-directory.ts';
import { deleteFiles } from './delete-files.ts';
import { findFile, headFile } from './find-file.ts';
import { listFiles } from './list-files.ts';
import { nullIfMissing } from './missing-file.ts';
import { moveFile } from './move-file.ts';
import { readObjectFile } from './object-file.ts';
import { removeEmptyDirectories } from './publish-file.ts';
import { putFile } from './put-file.ts';
import { checkTemporaryDirectory, removeLeftovers } from './temporary-directory.ts';

/**
 * Opens an {@link ObjectStore} on a directory of one machine. The first write creates the directory, mode 0700.
 *
 * Objects are files in `objects/`, mode 0600. They are written in `tmp/` first, so both must be on one file system.
 * Several processes may share the directory.
 */
export function openFilesystemStore(directory: string): ObjectStore {
  const objects = join(directory, 'objects');
  const temporary = join(directory, 'tmp');
  const pathOf = (key: string) => {
    assertObjectKey(key);
    return join(objects, key);
  };
  /** Throws instead of returning null if the directory is not there to say so. */
  const nullIfAbsent = async <T>(found: Promise<T | null>): Promise<T | null> => {
    const object = await found;
    if (object === null) await assertDirectory(objects);
    return object;
  };
  removeLeftovers(temporary);

  return {
    async put(key, body, type, { signal } = {}) {
      const path = pathOf(key);
      assertMediaType(type);
      const store = (chunks: AsyncIterable<Uint8Array> | Uint8Array[]) =>
        callStore(`put ${key}`, signal, () => putFile(chunks, { temporary, path, type, signal }));
      await (body instanceof Uint8Array ? store([body]) : consumeBody(body, signal, store));
    },
    async find(key, { signal, range } = {}) {
      const path = pathOf(key);
      assertRange(range);
      const operation = `find ${key}`;
      return await callStore(operation, signal, () => nullIfAbsent(findFile(path, { key, operation, range, signal })));
    },
    async read(key, { signal } = {}) {
      const path = pathOf(key);
      return await callStore(`read ${key}`, signal, () => nullIfAbsent(readObjectFile(path, signal)));
    },
    async head(key, { signal } = {}) {
      const path = pathOf(key);
      return await callStore(`head ${key}`, signal, () => nullIfAbsent(headFile(path, key)));
    },
    async move(from, to, { signal } = {}) {
      const paths = { from: pathOf(from), to: pathOf(to), temporary };
      return await callStore(`move ${from}`, signal, async () => {
        const isMoved = await moveFile(paths);
        if (isMoved) await removeEmptyDirectories(dirname(paths.from), objects);
        return isMoved;
      });
    },
    async delete(key, { signal } = {}) {
      const path = pathOf(key);
      await callStore(`delete ${key}`, signal, async () => {
        await assertDirectory(objects);
        await rm(path, { force: true }).catch(nullIfMissing);
        await removeEmptyDirectories(dirname(path), objects);
      });
    },
    async deleteMany(keys, { signal } = {}) {
      const paths = keys.map(pathOf);
      const failures = await callStore('delete', signal, () => deleteFiles(paths, objects, signal));
      return failures.map(({ path, cause }) => {
        const key = relative(objects, path);
        return { key, error: storageUnavailable(`delete ${key}`, cause) };
      });
    },
    async list(prefix, { signal, limit, after = '' }) {
      assertListLimit(limit);
      return await callStore(`list ${prefix}`, signal, async () => {
        await assertDirectory(objects);
        return await listFiles(objects, { prefix, after, limit, signal });
      });
    },
    async check({ signal } = {}) {
      await callStore('check', signal, async () => {
        await assertDirectory(objects);
        await checkTemporaryDirectory(temporary);
      });
    },
    close: () => undefined,
  };
}
