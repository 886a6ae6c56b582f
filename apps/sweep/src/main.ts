import { loadConfigOrExit, sweepConfig } from '@thumbnail-api/config';
import { assertSchema, openDatabase } from '@thumbnail-api/db';
import { openStore } from '@thumbnail-api/storage';
import { createLogger } from '@thumbnail-api/telemetry';
import { sweepBucket } from './sweep-bucket.ts';

// Nothing that is asked from here lies behind a proxy: the SDK looks for none, and `fetch` would.
process.env.NO_PROXY = '*';
process.env.no_proxy = '*';
const config = loadConfigOrExit(sweepConfig, process.env);
const log = createLogger('sweep', config.logLevel);
const database = openDatabase(config.postgres, 2);
const store = openStore(config.storage);

try {
  await assertSchema(database);
  const { line, exitCode } = await sweepBucket({ database, store, log }, process.argv.slice(2));
  process.stdout.write(`${line}\n`);
  process.exitCode = exitCode;
} catch (error) {
  log.fatal({ error }, error instanceof Error ? error.message : 'the bucket could not be swept');
  process.exitCode = 1;
} finally {
  await database.close();
  store.close();
}
