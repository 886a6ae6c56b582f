import type { Database } from '@thumbnail-api/db';
import type { Publisher } from '@thumbnail-api/queue';
import type { ObjectStore } from '@thumbnail-api/storage';
import type { Failpoints } from './failpoints.ts';

/** A store with the points `before_put`, `after_put` and `after_find`. */
export const storeWithFailpoints = (store: ObjectStore, { reach }: Failpoints): ObjectStore => ({
  ...store,
  async put(...given) {
    await reach('before_put');
    await store.put(...given);
    await reach('after_put');
  },
  async read(...given) {
    const found = await store.read(...given);
    await reach('after_find');
    return found;
  },
  async find(...given) {
    const found = await store.find(...given);
    await reach('after_find');
    return found;
  },
});

/** A database with the points `before_commit` (nothing is committed, though it may be written) and `after_commit`. */
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

/** A publisher with the points `before_publish` and `after_publish`. */
export const publisherWithFailpoints = <Payload>(
  publisher: Publisher<Payload>,
  { reach }: Failpoints,
): Publisher<Payload> => ({
  ...publisher,
  async publish(...given) {
    await reach('before_publish');
    await publisher.publish(...given);
    await reach('after_publish');
  },
});
