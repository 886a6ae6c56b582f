import type { Database } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';

/** A database that becomes unavailable right after its first transaction. */
export function unavailableAfterTransaction(database: Database): Database {
  let isAvailable = true;
  return {
    ...database,
    run: (work) =>
      isAvailable
        ? database.run(work)
        : Promise.reject(new AppError('unavailable', 'The database is unavailable.', { retryable: true })),
    transaction: async (work) => {
      const result = await database.transaction(work);
      isAvailable = false;
      return result;
    },
  };
}
