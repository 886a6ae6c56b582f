import { closeSync, openSync } from 'node:fs';
import { retry } from '@thumbnail-api/resilience';
import type { ClusterPaths } from './cluster-paths.ts';
import type { PostgresTools } from './find-postgres-tools.ts';
import { type RunningServer, type ServerOptions, startServer } from './start-server.ts';
import { stopStalePostmaster } from './stop-stale-postmaster.ts';

const firstStartTriesMax = 8;
const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** After a server has run this long, the pause between restarts starts at `firstPauseMs` again. */
const steadyMs = 10_000;

/** A server that is restarted when it exits. */
export interface KeptServer {
  /** Stays the same across restarts. */
  port: number;
  /** Stops the server and waits until it has exited. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the server, and restarts it on the same port whenever it exits.
 *
 * The first start is tried several times: another process may take the port first, and after a crash the shared memory of
 * the previous server may be in use for a moment longer.
 *
 * @throws AppError `unavailable` if no try succeeds
 */
export async function keepServer(
  paths: ClusterPaths,
  tools: PostgresTools,
  options: { durable: boolean; log: (line: string) => void },
): Promise<KeptServer> {
  const start = async (port?: number): Promise<RunningServer> => {
    const output = openSync(paths.log, 'a', 0o600);
    const serverOptions: ServerOptions = { durable: options.durable, output, ...(port ? { port } : {}) };
    return await startServer(paths, tools, serverOptions).finally(() => closeSync(output));
  };
  const pauseMs = (tries: number) => firstPauseMs * tries;
  let current = await retry(() => start(), { triesMax: firstStartTriesMax, pauseMs });
  const { port } = current;

  const restart = async () => {
    // Only the guard may have died: then the server still runs.
    await stopStalePostmaster(paths);
    current = await start(port);
  };
  const closing = Promise.withResolvers<'closing'>();
  const keepRunning = async () => {
    let pauseMs = firstPauseMs;
    for (;;) {
      const startedAt = performance.now();
      if ((await Promise.race([current.exited, closing.promise])) === 'closing') return;
      if (performance.now() - startedAt > steadyMs) pauseMs = firstPauseMs;
      options.log('The embedded Postgres exited. Restarting it.');
      if ((await Promise.race([Bun.sleep(pauseMs), closing.promise])) === 'closing') return;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      await restart().catch(() => undefined);
    }
  };
  const finished = keepRunning();
  const close = async () => {
    closing.resolve('closing');
    await finished;
    await current.stop();
  };
  return { port, close };
}
