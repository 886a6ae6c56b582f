import { loadConfigOrExit, workerConfig } from '@thumbnail-api/config';
import { createLogger, onceTold } from '@thumbnail-api/telemetry';
import { openParts } from './open-parts.ts';
import { readRendererStart } from './read-renderer-start.ts';
import { runWorker } from './run-worker.ts';
import { work } from './worker.ts';

// Nothing that is asked from here lies behind a proxy: the SDK looks for none, and `fetch` would.
process.env.NO_PROXY = '*';
process.env.no_proxy = '*';
const config = loadConfigOrExit(workerConfig, process.env);
const log = createLogger('worker', config.logLevel);
const renderer = readRendererStart(process.env);
process.exit(await runWorker(config, onceTold(log), { ...openParts(config, log), renderer, work }));
