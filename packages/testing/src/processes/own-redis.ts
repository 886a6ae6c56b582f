import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findFreePort } from '../find-free-port.ts';
import { waitUntil } from '../wait-until.ts';

/** A Redis server that a test can kill, suspend and restart. */
export interface OwnRedis {
  host: string;
  port: number;
  /** Its working directory. */
  directory: string;
  /** Sends a signal to the server. */
  signal(name: NodeJS.Signals): void;
  /** Kills the server. Its data is lost unless `settings` made it durable. */
  stop(): Promise<void>;
  /** Starts the server again on the same port. */
  start(): Promise<void>;
  /** Runs one command on a new connection. */
  command(name: string, ...parameters: string[]): Promise<unknown>;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Starts the `redis-server` on the PATH and waits until it answers. `settings` are added to its command line. */
export async function startOwnRedis(settings: string[] = []): Promise<OwnRedis> {
  const port = await findFreePort();
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-redis-'));
  let child: Bun.Subprocess | undefined;

  const command = async (name: string, ...parameters: string[]) => {
    const client = new Redis({ host, port, lazyConnect: true, retryStrategy: () => null, connectTimeout: 1_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.call(name, ...parameters);
    } finally {
      client.disconnect();
    }
  };
  const start = async () => {
    const words = ['--bind', host, '--port', String(port), '--dir', directory, '--save', '', ...settings];
    child = Bun.spawn(['redis-server', ...words], { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' });
    await waitUntil('Redis answers', async () => (await command('PING')) === 'PONG');
  };
  const stop = async () => {
    child?.kill('SIGKILL');
    await child?.exited;
  };
  await start();
  return {
    host,
    port,
    directory,
    signal: (name) => child?.kill(name),
    stop,
    start,
    command,
    close: async () => {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
