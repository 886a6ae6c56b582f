import { Secret } from '@thumbnail-api/config';
import { type ObjectInfo, type ObjectStore, openStore } from '@thumbnail-api/storage';
import { inject } from 'vitest';
import type { StoreChoice } from './open-test-jobs.ts';

/** A store for one test, and a way to make its objects older. */
export interface TestStore {
  store: ObjectStore;
  ageObjects: (seconds: number) => Promise<void>;
}

/** Opens a directory, a prefix of its own on the S3 server, or the shared store. */
export async function openTestStore(choice: StoreChoice, directory: string): Promise<TestStore> {
  if (typeof choice === 'object') return agingStore(choice.shared);
  if (choice === 'filesystem') return agingStore(openStore({ kind: 'filesystem', directory }));
  const { endpoint, region, bucket, accessKey, secretKey } = inject('services').s3;
  const credentials = { accessKey, secretKey: new Secret(secretKey) };
  const store = openStore({ kind: 's3', endpoint, region, bucket, credentials });
  return agingStore(withinPrefix(store, `${Bun.randomUUIDv7()}/`));
}

/** Presents one prefix of a bucket as a whole bucket. */
function withinPrefix(store: ObjectStore, prefix: string): ObjectStore {
  const cut = (info: ObjectInfo) => ({ ...info, key: info.key.slice(prefix.length) });
  return {
    ...store,
    put: (key, ...call) => store.put(prefix + key, ...call),
    find: async (key, options) => {
      const found = await store.find(prefix + key, options);
      return found && { ...found, ...cut(found) };
    },
    head: async (key, options) => {
      const found = await store.head(prefix + key, options);
      return found && cut(found);
    },
    read: (key, options) => store.read(prefix + key, options),
    move: (from, to, options) => store.move(prefix + from, prefix + to, options),
    delete: (key, options) => store.delete(prefix + key, options),
    deleteMany: async (keys, options) =>
      (
        await store.deleteMany(
          keys.map((key) => prefix + key),
          options,
        )
      ).map(({ key, error }) => ({
        key: key.slice(prefix.length),
        error,
      })),
    list: async (within, { after, ...options }) =>
      (await store.list(prefix + within, { ...options, ...(after && { after: prefix + after }) })).map(cut),
  };
}

/** Makes objects older by changing the times that the store reports, which cannot be set. */
function agingStore(store: ObjectStore): TestStore {
  const ages = new Map<string, number>();
  const older = (info: ObjectInfo) => ({
    ...info,
    modifiedAt: new Date(info.modifiedAt.getTime() - (ages.get(info.key) ?? 0)),
  });
  return {
    store: {
      ...store,
      put: async (key, ...call) => {
        await store.put(key, ...call);
        ages.delete(key);
      },
      move: async (from, to, options) => {
        ages.delete(to);
        return await store.move(from, to, options);
      },
      head: async (key, options) => {
        const found = await store.head(key, options);
        return found && older(found);
      },
      list: async (prefix, options) => (await store.list(prefix, options)).map(older),
    },
    ageObjects: async (seconds) => {
      let page: ObjectInfo[] = [];
      do {
        page = await store.list('', { limit: 1_000, after: page.at(-1)?.key ?? '' });
        for (const { key } of page) ages.set(key, (ages.get(key) ?? 0) + seconds * 1_000);
      } while (page.length === 1_000);
    },
  };
}
