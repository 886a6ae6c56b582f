import { closeSync, openSync } from 'node:fs';
import { retry } from '@thumbnail-api/resilience';
import type { ClusterPaths } from './cluster-paths.ts';
import type { PostgresTools } from './postgres-tools.ts';
import { type RunningServer, type ServerOptions, startServer } from './start-server.ts';
import { stopStalePostmaster } from './stop-stale-postmaster.ts';

const firstStartTries = 8;
const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** A server that lived this long is not one that dies again and again. */
const steadyMs = 10_000;

/** A server that is started again when it dies. */
export interface KeptServer {
  /** The same from the first start to the end. */
  port: number;
  /** Stops it for good and waits for its end. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the server, and starts it again on the same port whenever it ends by itself.
 *
 * The first start is tried a few times: its port may be taken by somebody in between, and after a crash the memory of
 * the server before may be in use for a moment longer.
 *
 * @throws AppError `unavailable` when it never started
 */
export async function keepServer(
  paths: ClusterPaths,
  tools: PostgresTools,
  options: { durable: boolean; log: (line: string) => void },
): Promise<KeptServer> {
  const closing = Promise.withResolvers<true>();
  const start = async (port?: number): Promise<RunningServer> => {
    const output = openSync(paths.log, 'a', 0o600);
    const where: ServerOptions = { durable: options.durable, output, ...(port ? { port } : {}) };
    return await startServer(paths, tools, where).finally(() => closeSync(output));
  };
  let current = await startFirst(start);
  const { port } = current;

  const restart = async () => {
    // Its guard may be what died, and the server live on.
    await stopStalePostmaster(paths);
    current = await start(port);
  };
  const keep = async () => {
    let pauseMs = firstPauseMs;
    for (;;) {
      const since = performance.now();
      if ((await Promise.race([current.exited, closing.promise])) === true) return;
      if (performance.now() - since > steadyMs) pauseMs = firstPauseMs;
      options.log('The embedded Postgres ended; starting it again.');
      if (await Promise.race([Bun.sleep(pauseMs), closing.promise])) return;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      await restart().catch(() => undefined);
    }
  };
  const kept = keep();
  const close = async () => {
    closing.resolve(true);
    await kept;
    await current.stop();
  };
  return { port, close };
}

const startFirst = (start: () => Promise<RunningServer>): Promise<RunningServer> =>
  retry(() => start(), { triesMax: firstStartTries, pauseMs: (tries) => firstPauseMs * tries });
