import { loadConfigOrExit, workerConfig } from '@thumbnail-api/config';
import { shutdownSignal } from '@thumbnail-api/resilience';
import { createLogger } from '@thumbnail-api/telemetry';
import { openDependencies } from './open-dependencies.ts';
import { readRendererCommand } from './pool/renderer-command.ts';
import { runWorker } from './run-worker.ts';
import { work } from './worker.ts';

// Nothing that is asked from here lies behind a proxy: the SDK looks for none, and `fetch` would.
process.env.NO_PROXY = '*';
process.env.no_proxy = '*';
const config = loadConfigOrExit(workerConfig, process.env);
const log = createLogger('worker', config.logLevel);
const renderer = readRendererCommand(process.env);
process.exit(await runWorker(config, shutdownSignal(log), { ...openDependencies(config, log), renderer, work }));
