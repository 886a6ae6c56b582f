import { createServer } from 'node:net';
import { AppError } from '@thumbnail-api/errors';
import { retry } from '@thumbnail-api/resilience';
import type { ClusterPaths } from './cluster-paths.ts';
import type { PostgresTools } from './find-postgres-tools.ts';
import { readPostmasterFile } from './read-postmaster-file.ts';
import { type GuardedProcess, startGuardedProcess } from './start-guarded-process.ts';

/** The only address that the server listens on. */
export const serverHost = '127.0.0.1';

const startDeadlineMs = 60_000;
const pollMs = 10;

/** A server that accepts connections. */
export interface RunningServer extends GuardedProcess {
  port: number;
}

/** How to start a server. */
export interface ServerOptions {
  /** Default: a free port. */
  port?: number;
  /** With `false`, nothing is flushed to disk: faster, but a crash may lose data. */
  durable: boolean;
  /** Open file for the log. */
  output: number;
}

/**
 * Starts Postgres on a cluster and waits until it accepts connections, for at most a minute.
 *
 * @throws AppError `unavailable`, retryable, if it exits or the minute passes; the cause is in its log
 */
export async function startServer(
  paths: ClusterPaths,
  tools: PostgresTools,
  options: ServerOptions,
): Promise<RunningServer> {
  const port = options.port ?? (await findFreePort());
  const settings = [...serverSettings(port), ...(options.durable ? [] : unsafeSettings)];
  const server = await startGuardedProcess(
    [...tools.user.prefix, tools.postgres, '-D', paths.data, ...settings.flatMap((setting) => ['-c', setting])],
    { output: options.output, environment: tools.environment },
  );
  let hasExited = false;
  server.exited.then(() => {
    hasExited = true;
  });
  const assertReady = async () => {
    const file = await readPostmasterFile(paths.data);
    if (!file?.ready || file.pid !== server.pid || file.port !== port) throw new Error('not ready');
  };
  try {
    await retry(assertReady, {
      pauseMs: () => pollMs,
      deadlineMs: startDeadlineMs,
      isRetryable: () => !hasExited,
    });
    return { ...server, port };
  } catch {
    await server.stop();
    const message = `The embedded Postgres did not start. See ${paths.log}.`;
    throw new AppError('unavailable', message, { retryable: true });
  }
}

/** There is no Unix socket: its path would be too long in a deeply nested directory. */
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
