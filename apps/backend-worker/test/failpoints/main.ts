import { fileURLToPath } from 'node:url';
import { loadConfigOrExit, workerConfig } from '@thumbnail-api/config';
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
import { rendererCommand } from '../../src/pool/renderer-command.ts';
import { runWorker } from '../../src/run-worker.ts';
import { work } from '../../src/worker.ts';

// The worker with a failpoint at every call to a dependency. FAILPOINTS says what happens there: `worker.…` while a message
// is handled, `renderer.…` in a renderer, `sweep.…` everywhere else. CLOCK_AHEAD_MS shifts the clock.
shiftClock(Number(process.env.CLOCK_AHEAD_MS ?? 0));
const config = loadConfigOrExit(workerConfig, process.env);
const log = createLogger('worker', config.logLevel);
const text = process.env.FAILPOINTS ?? '';
const failpoints = readFailpoints(text, 'sweep');
const dependencies = openDependencies(config, log);
const program = fileURLToPath(new URL('../../../renderer/test/failpoints/main.ts', import.meta.url));
// A renderer in its sandbox could neither write nor see the file of a pause.
const sandbox = /\brenderer\.[^;]*=pause:/.test(text) ? 'off' : config.render.sandbox;
const renderer = rendererCommand({ program, sandbox });
const exitCode = await runWorker(config, shutdownSignal(log), {
  ...dependencies,
  database: databaseWithFailpoints(dependencies.database, failpoints),
  publisher: publisherWithFailpoints(dependencies.publisher, failpoints),
  store: storeWithFailpoints(dependencies.store, failpoints),
  renderer: { ...renderer, environment: { FAILPOINTS: text } },
  work: (deps, payload) =>
    failpoints.within('worker', async () => {
      await failpoints.reach('before_work');
      const makeThumbnails: typeof deps.makeThumbnails = async (...given) => {
        await failpoints.reach('before_render');
        const made = await deps.makeThumbnails(...given);
        await failpoints.reach('after_render');
        return made;
      };
      await work({ ...deps, makeThumbnails }, payload);
      await failpoints.reach('after_work');
    }),
});
process.exit(exitCode);
