import { apiConfig, loadConfigOrExit } from '@thumbnail-api/config';
import { createLogger, onceTold } from '@thumbnail-api/telemetry';
import { openParts } from './open-parts.ts';
import { runApi } from './run-api.ts';

const config = loadConfigOrExit(apiConfig, process.env);
const log = createLogger('api', config.logLevel);
process.exit(await runApi(config, onceTold(log), openParts(config, log)));
