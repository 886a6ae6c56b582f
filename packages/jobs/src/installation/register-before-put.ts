import type { ObjectStore } from '@thumbnail-api/storage';

/**
 * Wraps a store so that nothing is stored before `register` has succeeded. Each `put` runs `register` until it succeeds once,
 * and fails with its error until then.
 */
export function registerBeforePut(store: ObjectStore, register: () => Promise<unknown>): ObjectStore {
  let registering: Promise<unknown> | undefined;
  return {
    ...store,
    put: async (...call) => {
      registering ??= register();
      try {
        await registering;
      } catch (error) {
        registering = undefined;
        throw error;
      }
      await store.put(...call);
    },
  };
}
