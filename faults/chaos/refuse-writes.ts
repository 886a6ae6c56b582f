import { waitUntil } from '@thumbnail-api/testing';
import type { Fleet } from './start-fleet.ts';

/** Makes Postgres read-only, also for open connections, and returns a function that ends it. */
export async function refuseWrites({ runOnServer }: Fleet): Promise<() => Promise<void>> {
  const accept = () =>
    waitUntil('Postgres accepts writes', async () => {
      await runOnServer('alter system reset default_transaction_read_only', 'select pg_reload_conf()');
      return true;
    });
  try {
    await runOnServer('alter system set default_transaction_read_only = on', 'select pg_reload_conf()');
  } catch (error) {
    await accept();
    throw error;
  }
  return async () => void (await accept());
}
