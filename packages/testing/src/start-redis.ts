import { Redis } from 'ioredis';
import type { NamedRedis } from './environment.ts';
import { findFreePort } from './free-port.ts';

/** A Redis of this test run. */
export interface TestRedis extends NamedRedis {
  version: string;
  stop(): Promise<void>;
}

/** Starts the `redis-server` on the PATH, in memory, on a free port of the loopback interface; null where there is none. */
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
  const redis = { host: '127.0.0.1', port, password: undefined };
  return {
    ...redis,
    version: await readRedisVersion(redis),
    stop: async () => {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}

/** Asks a Redis for its version, waiting until it answers, at most some seconds. */
export async function readRedisVersion({ host, port, password }: NamedRedis): Promise<string> {
  const client = new Redis({
    host,
    port,
    ...(password && { password }),
    retryStrategy: (tries) => (tries < 50 ? 100 : null),
  });
  client.on('error', () => undefined);
  try {
    const info = await client.info('server');
    return /redis_version:(\S+)/.exec(info)?.[1] ?? 'of unknown version';
  } finally {
    client.disconnect();
  }
}
