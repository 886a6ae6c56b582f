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

// The API with failpoints at its calls to dependencies. FAILPOINTS sets what fails, CLOCK_AHEAD_MS shifts its clock.
shiftClock(Number(process.env.CLOCK_AHEAD_MS ?? 0));
const config = loadConfigOrExit(apiConfig, process.env);
const log = createLogger('api', config.logLevel);
const failpoints = readFailpoints(process.env.FAILPOINTS ?? '', 'api');
const dependencies = openDependencies(config, log);
const exitCode = await runApi(config, shutdownSignal(log), {
  ...dependencies,
  database: databaseWithFailpoints(dependencies.database, failpoints),
  store: storeWithFailpoints(dependencies.store, failpoints),
  publisher: publisherWithFailpoints(dependencies.publisher, failpoints),
});
process.exit(exitCode);
