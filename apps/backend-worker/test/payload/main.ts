import { fileURLToPath } from 'node:url';
import { hideMemory, loadConfigOrExit, workerConfig } from '@thumbnail-api/config';
import { shutdownSignal } from '@thumbnail-api/resilience';
import { createLogger } from '@thumbnail-api/telemetry';
import { openDependencies } from '../../src/open-dependencies.ts';
import { rendererCommand } from '../../src/pool/renderer-command.ts';
import { runWorker } from '../../src/run-worker.ts';
import { work } from '../../src/worker.ts';

// The worker, with an attacker's program in the place of the renderer's. PAYLOAD_TARGETS names what it tries to reach.
hideMemory();
const config = loadConfigOrExit(workerConfig, process.env);
const log = createLogger('worker', config.logLevel);
const renderer = rendererCommand({
  program: fileURLToPath(new URL('../../../renderer/test/payload/main.ts', import.meta.url)),
  args: [process.env.PAYLOAD_TARGETS ?? '{}'],
  sandbox: config.render.sandbox,
});
process.exit(await runWorker(config, shutdownSignal(log), { ...openDependencies(config, log), renderer, work }));
