import { apiConfig, hideMemory, loadConfigOrExit } from '@thumbnail-api/config';
import { shutdownSignal } from '@thumbnail-api/resilience';
import { createLogger } from '@thumbnail-api/telemetry';
import { openDependencies } from './open-dependencies.ts';
import { runApi } from './run-api.ts';

hideMemory();
// No dependency is behind an HTTP proxy. The S3 SDK ignores these variables, but `fetch` would use them.
process.env.NO_PROXY = '*';
process.env.no_proxy = '*';
const config = loadConfigOrExit(apiConfig, process.env);
const log = createLogger('api', config.logLevel);
process.exit(await runApi(config, shutdownSignal(log), openDependencies(config, log)));
