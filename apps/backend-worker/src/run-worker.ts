import { ConfigError, configExitCode, type WorkerConfig } from '@thumbnail-api/config';
import type { ShutdownSignal } from '@thumbnail-api/resilience';
import { startWorker, type WorkerRunDeps } from './start-worker.ts';
import { stopWorker } from './stop-worker.ts';

/**
 * Runs a worker until shutdown is requested, then stops it in order.
 *
 * @returns the exit status: 0 after an orderly shutdown; 78 if the configuration does not fit the machine; 1, with one line
 *   in the log, if the worker could not start or was stalled
 */
export async function runWorker(config: WorkerConfig, shutdown: ShutdownSignal, deps: WorkerRunDeps): Promise<number> {
  const { log } = deps;
  try {
    const worker = await startWorker(config, deps, shutdown);
    if (!worker) return 0;
    const end = await Promise.race([
      shutdown.requested.then(() => 'requested' as const),
      worker.stall.detected.then(() => 'stalled' as const),
    ]);
    if (end === 'stalled') log.fatal('messages wait but none arrives here: shutting down for a restart');
    await stopWorker(worker);
    return end === 'stalled' ? 1 : 0;
  } catch (error) {
    log.fatal({ error }, error instanceof Error ? error.message : 'the worker could not start');
    return error instanceof ConfigError ? configExitCode : 1;
  }
}
