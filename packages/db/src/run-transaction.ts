import type { Transaction } from './database.ts';
import { CommitUnknown, isRejectedByServer } from './database-error.ts';
import type { RenewablePool } from './renewable-pool.ts';

/**
 * Runs `work` in one transaction.
 *
 * @throws CommitUnknown when the commit outcome is unknown; after any other error nothing is committed
 */
export async function runTransaction<T>(
  pool: RenewablePool,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  let isCommitting = false;
  const workUntilDeadline = async (transaction: Transaction, signal: AbortSignal) => {
    const result = await work(transaction);
    // After the deadline the caller has received an error: throwing rolls back.
    signal.throwIfAborted();
    isCommitting = true;
    return result;
  };
  try {
    return await pool.run(({ executor }, signal) =>
      executor.transaction((transaction) => workUntilDeadline(transaction, signal)),
    );
  } catch (error) {
    throw isCommitting && !isRejectedByServer(error) ? new CommitUnknown(error) : error;
  }
}
