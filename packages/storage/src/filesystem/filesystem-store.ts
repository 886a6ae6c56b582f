import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertListLimit, assertMediaType, assertRange } from '../assert-arguments.ts';
import type { ByteSource } from '../byte-source.ts';
import { guardCall } from '../guard-call.ts';
import { assertObjectKey } from '../object-key.ts';
import type { CallOptions, ObjectInfo, ObjectStore } from '../object-store.ts';
import { takeBody } from '../take-body.ts';
import { describeFile, findFile } from './find-file.ts';
import { nullWhenGone } from './is-gone.ts';
import { listFiles } from './list-files.ts';
import { readObjectFile, writeObjectFile } from './object-file.ts';
import { publishFile, removeEmptyDirectories } from './publish-file.ts';
import { removeLeftovers } from './remove-leftovers.ts';

/**
 * Opens an {@link ObjectStore} on a directory of one machine; it is made, 0700, when it is first written to.
 *
 * Objects are the files below `objects/`, readable by their owner alone; what is being written is in `tmp/`, so both must
 * be on one file system. Several processes may share the directory.
 */
export function openFilesystemStore(directory: string): ObjectStore {
  const objects = join(directory, 'objects');
  const temporary = join(directory, 'tmp');
  removeLeftovers(temporary);

  const makeTemporary = () => mkdir(temporary, { recursive: true, mode: 0o700 });
  const pathOf = (key: string) => {
    assertObjectKey(key);
    return join(objects, key);
  };

  async function put(key: string, body: ByteSource | Uint8Array, type: string, { signal }: CallOptions = {}) {
    const path = pathOf(key);
    assertMediaType(type);
    const keep = (chunks: AsyncIterable<Uint8Array> | Uint8Array[]) =>
      guardCall(`put ${key}`, signal, async () => {
        await makeTemporary();
        const written = await writeObjectFile(temporary, chunks, type);
        try {
          signal?.throwIfAborted();
          await publishFile(written, path);
        } catch (error) {
          await rm(written, { force: true });
          throw error;
        }
      });
    await (body instanceof Uint8Array ? keep([body]) : takeBody(body, signal, keep));
  }

  return {
    put,
    async find(key, { signal, range } = {}) {
      const path = pathOf(key);
      assertRange(range);
      const operation = `find ${key}`;
      return await guardCall(operation, signal, () => findFile(path, { key, operation, range, signal }));
    },
    async read(key, { signal } = {}) {
      const path = pathOf(key);
      return await guardCall(`read ${key}`, signal, () => readObjectFile(path, signal));
    },
    async head(key, { signal } = {}) {
      const path = pathOf(key);
      return await guardCall(`head ${key}`, signal, () => describeFile(path, key));
    },
    async delete(key, { signal } = {}) {
      const path = pathOf(key);
      await guardCall(`delete ${key}`, signal, async () => {
        await rm(path, { force: true }).catch(nullWhenGone);
        await removeEmptyDirectories(dirname(path), objects);
      });
    },
    async list(prefix, { signal, limit, after = '' }) {
      assertListLimit(limit);
      return await guardCall(`list ${prefix}`, signal, async () => {
        const found: ObjectInfo[] = [];
        for await (const key of listFiles(objects, { prefix, after })) {
          signal?.throwIfAborted();
          const info = await describeFile(join(objects, key), key);
          if (info && found.push(info) === limit) break;
        }
        return found;
      });
    },
    async check({ signal } = {}) {
      await guardCall('check', signal, async () => {
        await makeTemporary();
        const path = join(temporary, randomUUID());
        await writeFile(path, 'x', { flag: 'wx', mode: 0o600 }).finally(() => rm(path, { force: true }));
      });
    },
    close: () => undefined,
  };
}
