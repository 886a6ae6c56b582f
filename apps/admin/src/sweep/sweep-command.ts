import { type Environment, loadConfigOrExit, sweepConfig } from '@thumbnail-api/config';
import { assertSchema, openDatabase } from '@thumbnail-api/db';
import { openStore } from '@thumbnail-api/storage';
import { createLogger } from '@thumbnail-api/telemetry';
import { sweepBucket } from './sweep-bucket.ts';

/**
 * Counts the orphans in the bucket, and moves them to the quarantine with `--confirm`.
 *
 * Returns the exit status of {@link sweepBucket}, or 1 for a failure.
 */
export async function runSweepCommand(environment: Environment, args: string[]): Promise<number> {
  const config = loadConfigOrExit(sweepConfig, environment);
  const log = createLogger('sweep', config.logLevel);
  const database = openDatabase(config.postgres, 2);
  const store = openStore(config.storage);
  try {
    await assertSchema(database);
    const { line, exitCode } = await sweepBucket({ database, store, log }, args);
    process.stdout.write(`${line}\n`);
    return exitCode;
  } catch (error) {
    log.fatal({ error }, error instanceof Error ? error.message : 'sweeping the bucket failed');
    return 1;
  } finally {
    await database.close();
    store.close();
  }
}
