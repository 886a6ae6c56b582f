import { createServer } from 'node:net';
import { AppError } from '@thumbnail-api/errors';
import type { ClusterPaths } from './cluster-paths.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import type { PostgresTools } from './postgres-tools.ts';
import { readPostmasterFile } from './postmaster-file.ts';

/** The one address the server listens at. */
export const serverHost = '127.0.0.1';

const startupDeadlineMs = 60_000;

/** A server that takes connections. */
export interface RunningServer extends GuardedProcess {
  port: number;
}

/** How a server is started. */
export interface ServerOptions {
  /** Left out: a free one. */
  port?: number;
  /** `false` gives up the safety of the data for speed. */
  durable: boolean;
  /** Open file for its log. */
  output: number;
}

/**
 * Starts Postgres on a cluster and waits until it takes connections, at most a minute.
 *
 * @throws AppError `unavailable` when it ends before, or the minute is over; its log says why
 */
export async function startServer(
  paths: ClusterPaths,
  tools: PostgresTools,
  options: ServerOptions,
): Promise<RunningServer> {
  const port = options.port ?? (await findFreePort());
  const settings = [...serverSettings(port), ...(options.durable ? [] : unsafeSettings)];
  const server = await startGuarded(
    [...tools.user.prefix, tools.postgres, '-D', paths.data, ...settings.flatMap((setting) => ['-c', setting])],
    { output: options.output, environment: tools.environment },
  );
  let hasEnded = false;
  server.exited.then(() => {
    hasEnded = true;
  });
  const end = performance.now() + startupDeadlineMs;
  while (!hasEnded && performance.now() < end) {
    const file = await readPostmasterFile(paths.data);
    if (file?.ready && file.pid === server.pid && file.port === port) return { ...server, port };
    await Bun.sleep(10);
  }
  await server.stop();
  throw new AppError('unavailable', `The embedded Postgres did not start; ${paths.log} says why.`, { retryable: true });
}

/** No Unix socket: below a deep directory its path would be too long. */
const serverSettings = (port: number) => [
  `listen_addresses=${serverHost}`,
  `port=${port}`,
  'unix_socket_directories=',
  'max_connections=100',
  'log_checkpoints=off',
  'timezone=UTC',
  'log_timezone=UTC',
];

const unsafeSettings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

function findFreePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer().once('error', reject);
  probe.listen(0, serverHost, () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
  return promise;
}
