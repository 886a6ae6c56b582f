import { Redis } from 'ioredis';
import type { ExternalRedis } from './environment.ts';
import { findFreePort } from './find-free-port.ts';

const connectTriesMax = 50;
const connectPauseMs = 100;

/** A Redis server of this test run. */
export interface TestRedis extends ExternalRedis {
  version: string;
  stop(): Promise<void>;
}

/** Starts the `redis-server` on the PATH, in memory, on a free local port. Returns null if there is no `redis-server`. */
export async function startRedis(): Promise<TestRedis | null> {
  const program = Bun.which('redis-server');
  if (!program) return null;
  const port = await findFreePort();
  const options = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
  const child = Bun.spawn([program, '--bind', '127.0.0.1', '--port', String(port), ...options], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await child.exited;
  };
  const redis = { host: '127.0.0.1', port, password: undefined };
  try {
    return { ...redis, version: await readRedisVersion(redis), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads the version of a Redis server. Retries for a few seconds until it answers. */
export async function readRedisVersion({ host, port, password }: ExternalRedis): Promise<string> {
  const client = new Redis({
    host,
    port,
    ...(password && { password }),
    retryStrategy: (tries) => (tries < connectTriesMax ? connectPauseMs : null),
  });
  client.on('error', () => undefined);
  try {
    const info = await client.info('server');
    return /redis_version:(\S+)/.exec(info)?.[1] ?? 'of unknown version';
  } finally {
    client.disconnect();
  }
}
