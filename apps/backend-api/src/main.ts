import { apiConfig, loadConfigOrExit } from '@thumbnail-api/config';
import { shutdownSignal } from '@thumbnail-api/resilience';
import { createLogger } from '@thumbnail-api/telemetry';
import { openDependencies } from './open-dependencies.ts';
import { runApi } from './run-api.ts';

// Nothing that is asked from here lies behind a proxy: the SDK looks for none, and `fetch` would.
process.env.NO_PROXY = '*';
process.env.no_proxy = '*';
const config = loadConfigOrExit(apiConfig, process.env);
const log = createLogger('api', config.logLevel);
process.exit(await runApi(config, shutdownSignal(log), openDependencies(config, log)));
