import { fileURLToPath } from 'node:url';
import { loadConfigOrExit, workerConfig } from '@thumbnail-api/config';
import { shutdownSignal } from '@thumbnail-api/resilience';
import { createLogger } from '@thumbnail-api/telemetry';
import {
  databaseWithFailpoints,
  publisherWithFailpoints,
  readFailpoints,
  shiftClock,
} from '@thumbnail-api/testing/failpoints';
import { openDependencies } from '../../src/open-dependencies.ts';
import { readRendererCommand } from '../../src/pool/renderer-command.ts';
import { runWorker } from '../../src/run-worker.ts';
import { work } from '../../src/worker.ts';

// The worker with a failpoint at every arrow; FAILPOINTS says what happens there. What is reached below a message is
// called `worker.…`, everything else `sweep.…`, and what a renderer reaches `renderer.…`. CLOCK_AHEAD_MS says how wrong its
// clock is.
shiftClock(Number(process.env.CLOCK_AHEAD_MS ?? 0));
const config = loadConfigOrExit(workerConfig, process.env);
const log = createLogger('worker', config.logLevel);
const text = process.env.FAILPOINTS ?? '';
const failpoints = readFailpoints(text, 'sweep');
const parts = openDependencies(config, log);
const program = fileURLToPath(new URL('../../../renderer/test/failpoints/main.ts', import.meta.url));
const renderer = readRendererCommand(process.env, program);
const exitCode = await runWorker(config, shutdownSignal(log), {
  ...parts,
  database: databaseWithFailpoints(parts.database, failpoints),
  publisher: publisherWithFailpoints(parts.publisher, failpoints),
  renderer: { ...renderer, environment: { ...renderer.environment, FAILPOINTS: text } },
  work: (deps, payload, context) =>
    failpoints.within('worker', async () => {
      await failpoints.reach('before_work');
      const renderers: typeof deps.renderers = {
        async render(...given) {
          await failpoints.reach('before_render');
          const result = await deps.renderers.render(...given);
          await failpoints.reach('after_render');
          return result;
        },
      };
      await work({ ...deps, renderers }, payload, context);
      await failpoints.reach('after_work');
    }),
});
process.exit(exitCode);
