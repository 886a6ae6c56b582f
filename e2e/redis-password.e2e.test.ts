import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { waitUntil } from './wait-until.ts';

const file = join(import.meta.dirname, '../.devcontainer/docker-compose.common.yml');

const path = '/usr/local/bin:/usr/bin:/bin';

/** Runs a command to its end and returns what it wrote to stdout. */
async function run(command: string[], environment: Record<string, string>): Promise<string> {
  const child = Bun.spawn(command, { env: { PATH: path, ...environment }, stderr: 'ignore' });
  return (await new Response(child.stdout).text()).trim();
}

async function findFreePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(typeof address === 'object' && address ? address.port : 0);
}

test.skipIf(!Bun.which('redis-server') || process.platform !== 'linux')(
  'the Redis of the compose file requires its password, which stands in no command line',
  async () => {
    const { services } = Bun.YAML.parse(await readFile(file, 'utf8')) as {
      services: { redis: { entrypoint: string[] } };
    };
    const port = await findFreePort();
    const password = 'a "quoted" \\ pass word';
    // Compose turns $$ into $.
    const start = services.redis.entrypoint
      .map((word) => word.replaceAll('$$', '$'))
      .map((word) => word.replace('maxmemory 256mb', `maxmemory 256mb\nport ${port}`));
    const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-redis-start-'));
    const child = Bun.spawn(start, {
      cwd: directory,
      env: { PATH: path, REDISCLI_AUTH: password },
      stdin: 'ignore',
      stdout: 'ignore',
    });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await child.exited;
      await rm(directory, { recursive: true });
    });
    const ask = (...words: string[]) => run(['redis-cli', '-p', port, ...words], { REDISCLI_AUTH: password });
    await waitUntil('Redis answers', async () => (await ask('ping')) === 'PONG', 30_000);
    expect(await run(['redis-cli', '-p', port, 'ping'], {})).toContain('NOAUTH');
    expect(await ask('config', 'get', 'maxmemory-policy')).toContain('noeviction');
    expect(await readFile(`/proc/${child.pid}/cmdline`, 'utf8')).not.toContain('quoted');
  },
);
