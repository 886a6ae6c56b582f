import { loadConfigOrExit, workerConfig } from '@thumbnail-api/config';
import { shutdownSignal } from '@thumbnail-api/resilience';
import { thumbnailKey } from '@thumbnail-api/storage';
import { createLogger } from '@thumbnail-api/telemetry';
import type { WorkerDeps } from '../../src/deps.ts';
import { openDependencies } from '../../src/open-dependencies.ts';
import { runWorker } from '../../src/run-worker.ts';
import { work } from '../../src/worker.ts';

// The worker with a renderer that reports thumbnails without making them, to measure the queue and the database alone.
const sha256 = '0'.repeat(64);
const makeThumbnails: WorkerDeps['makeThumbnails'] = async ({ id, specs }) => ({
  width: 640,
  height: 480,
  thumbnails: specs.map((spec) => ({
    name: spec.name,
    key: thumbnailKey(id, spec.name, sha256, 'webp'),
    type: 'image/webp',
    width: 1,
    height: 1,
    bytes: 1,
    sha256,
    thumbHash: '',
    dominantColour: '#000000',
    spec,
  })),
  checksum: undefined,
  timings: { fetchMs: 0, renderMs: 0, storeMs: 0 },
});
const config = loadConfigOrExit(workerConfig, process.env);
const log = createLogger('worker', config.logLevel);
process.exit(
  await runWorker(config, shutdownSignal(log), {
    ...openDependencies(config, log),
    // Never used.
    renderer: { command: ['true'], environment: {} },
    work: (deps, payload) => work({ ...deps, makeThumbnails }, payload),
  }),
);
