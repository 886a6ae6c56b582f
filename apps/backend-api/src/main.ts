import { apiConfig, loadConfigOrExit } from '@thumbnail-api/config';
import { createLogger, onceTold } from '@thumbnail-api/telemetry';
import { openParts } from './open-parts.ts';
import { runApi } from './run-api.ts';

// Nothing that is asked from here lies behind a proxy: the SDK looks for none, and `fetch` would.
process.env.NO_PROXY = '*';
process.env.no_proxy = '*';
const config = loadConfigOrExit(apiConfig, process.env);
const log = createLogger('api', config.logLevel);
process.exit(await runApi(config, onceTold(log), openParts(config, log)));
