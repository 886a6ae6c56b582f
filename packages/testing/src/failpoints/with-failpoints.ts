import type { Database } from '@thumbnail-api/db';
import type { Publisher } from '@thumbnail-api/queue';
import type { ObjectStore } from '@thumbnail-api/storage';
import type { Failpoints } from './failpoints.ts';

/** Adds the failpoints `before_put`, `after_put` and `after_find` to a store. */
export const storeWithFailpoints = (store: ObjectStore, { reach }: Failpoints): ObjectStore => ({
  ...store,
  async put(...args) {
    await reach('before_put');
    await store.put(...args);
    await reach('after_put');
  },
  async read(...args) {
    const found = await store.read(...args);
    await reach('after_find');
    return found;
  },
  async find(...args) {
    const found = await store.find(...args);
    await reach('after_find');
    return found;
  },
});

/**
 * Adds the failpoints `before_commit` and `after_commit` to a database.
 *
 * At `before_commit`, rows may be written but are not committed.
 */
export const databaseWithFailpoints = (database: Database, { reach }: Failpoints): Database => ({
  ...database,
  async transaction(work) {
    const result = await database.transaction(async (transaction) => {
      const written = await work(transaction);
      await reach('before_commit');
      return written;
    });
    await reach('after_commit');
    return result;
  },
  async commit(statement) {
    await reach('before_commit');
    const rows = await database.commit(statement);
    await reach('after_commit');
    return rows;
  },
});

/** Adds the failpoints `before_publish` and `after_publish` to a publisher. */
export const publisherWithFailpoints = <Payload>(
  publisher: Publisher<Payload>,
  { reach }: Failpoints,
): Publisher<Payload> => ({
  ...publisher,
  async publish(...args) {
    await reach('before_publish');
    await publisher.publish(...args);
    await reach('after_publish');
  },
  async publishAll(...args) {
    await reach('before_publish');
    await publisher.publishAll(...args);
    await reach('after_publish');
  },
});
