import { hideMemory, loadConfigOrExit, workerConfig } from '@thumbnail-api/config';
import { shutdownSignal } from '@thumbnail-api/resilience';
import { createLogger } from '@thumbnail-api/telemetry';
import { openDependencies } from './open-dependencies.ts';
import { rendererCommand } from './pool/renderer-command.ts';
import { runWorker } from './run-worker.ts';
import { work } from './worker.ts';

hideMemory();
// All dependencies are reached directly: `fetch` would use a proxy from the environment, the S3 SDK would not.
process.env.NO_PROXY = '*';
process.env.no_proxy = '*';
const config = loadConfigOrExit(workerConfig, process.env);
const log = createLogger('worker', config.logLevel);
const renderer = rendererCommand({ sandbox: config.render.sandbox });
process.exit(await runWorker(config, shutdownSignal(log), { ...openDependencies(config, log), renderer, work }));
