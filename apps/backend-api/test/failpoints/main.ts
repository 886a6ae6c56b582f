import { apiConfig, loadConfigOrExit } from '@thumbnail-api/config';
import { createLogger, onceTold } from '@thumbnail-api/telemetry';
import {
  databaseWithFailpoints,
  publisherWithFailpoints,
  readFailpoints,
  shiftClock,
  storeWithFailpoints,
} from '@thumbnail-api/testing/failpoints';
import { openParts } from '../../src/open-parts.ts';
import { runApi } from '../../src/run-api.ts';

// The API with a failpoint at every arrow to another part; FAILPOINTS says what happens there, CLOCK_AHEAD_MS how wrong its
// clock is.
shiftClock(Number(process.env.CLOCK_AHEAD_MS ?? 0));
const config = loadConfigOrExit(apiConfig, process.env);
const log = createLogger('api', config.logLevel);
const failpoints = readFailpoints(process.env.FAILPOINTS ?? '', 'api');
const parts = openParts(config, log);
const exitCode = await runApi(config, onceTold(log), {
  ...parts,
  database: databaseWithFailpoints(parts.database, failpoints),
  store: storeWithFailpoints(parts.store, failpoints),
  publisher: publisherWithFailpoints(parts.publisher, failpoints),
});
process.exit(exitCode);
