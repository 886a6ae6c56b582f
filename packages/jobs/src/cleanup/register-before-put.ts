import type { ObjectStore } from '@thumbnail-api/storage';

/**
 * A store that takes its first object only after `register` has succeeded. While that fails every `put` fails with it and
 * the next one asks again; afterwards it costs nothing.
 */
export function registerBeforePut(store: ObjectStore, register: () => Promise<unknown>): ObjectStore {
  let registered: Promise<unknown> | undefined;
  return {
    ...store,
    put: async (...call) => {
      registered ??= register();
      try {
        await registered;
      } catch (error) {
        registered = undefined;
        throw error;
      }
      await store.put(...call);
    },
  };
}
