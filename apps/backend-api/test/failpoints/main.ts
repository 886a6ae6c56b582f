import { apiConfig, loadConfigOrExit } from '@thumbnail-api/config';
import { shutdownSignal } from '@thumbnail-api/resilience';
import { createLogger } from '@thumbnail-api/telemetry';
import {
  databaseWithFailpoints,
  publisherWithFailpoints,
  readFailpoints,
  shiftClock,
  storeWithFailpoints,
} from '@thumbnail-api/testing/failpoints';
import { openDependencies } from '../../src/open-dependencies.ts';
import { runApi } from '../../src/run-api.ts';

// The API with a failpoint at every arrow to another part; FAILPOINTS says what happens there, CLOCK_AHEAD_MS how wrong its
// clock is.
shiftClock(Number(process.env.CLOCK_AHEAD_MS ?? 0));
const config = loadConfigOrExit(apiConfig, process.env);
const log = createLogger('api', config.logLevel);
const failpoints = readFailpoints(process.env.FAILPOINTS ?? '', 'api');
const parts = openDependencies(config, log);
const exitCode = await runApi(config, shutdownSignal(log), {
  ...parts,
  database: databaseWithFailpoints(parts.database, failpoints),
  store: storeWithFailpoints(parts.store, failpoints),
  publisher: publisherWithFailpoints(parts.publisher, failpoints),
});
process.exit(exitCode);
