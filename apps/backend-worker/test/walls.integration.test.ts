import { join } from 'node:path';
import { findFreePort } from '@thumbnail-api/testing';
import { expect, inject, test } from 'vitest';

const { postgres } = inject('services');
const apps = join(import.meta.dirname, '../..');
const withoutLandlock = join(apps, 'renderer/test/without-landlock/main.ts');
const worker = join(apps, 'backend-worker/src/main.ts');
const environment = {
  POSTGRES_HOST: postgres.host,
  // No database server listens here, so that the worker waits.
  POSTGRES_PORT: '1',
  POSTGRES_USER: 'none',
  POSTGRES_PASSWORD: 'none',
  POSTGRES_DB: 'none',
  QUEUE: 'postgres',
  STORAGE_DIR: '/nowhere',
};
const start = async (sandbox: string) =>
  Bun.spawn([process.execPath, '--no-env-file', withoutLandlock, worker], {
    env: { ...environment, RENDERER_SANDBOX: sandbox, WORKER_PORT: String(await findFreePort()) },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
  });

test.runIf(process.platform === 'linux')(
  'a worker whose renderers must be sandboxed does not start where a wall is missing',
  async () => {
    const child = await start('required');
    const [log, exitCode] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    expect(exitCode).toBe(78);
    expect(log).toContain('RENDERER_SANDBOX is required, but this machine has no Landlock.');
  },
);

test.runIf(process.platform === 'linux').each([
  ['auto', { landlock: 0, seccomp: true }],
  ['off', { landlock: 0, seccomp: false }],
])('with RENDERER_SANDBOX=%s, a worker starts and logs which wall is missing', async (sandbox, walls) => {
  const child = await start(sandbox);
  let log = '';
  for await (const chunk of child.stdout) {
    log += Buffer.from(chunk).toString();
    if (log.includes('\n')) break;
  }
  child.kill('SIGKILL');
  await child.exited;
  expect(JSON.parse(log.split('\n')[0] ?? '')).toMatchObject({
    ...walls,
    sandbox,
    msg: 'renderers run without a complete sandbox, see docs/operations.md',
  });
});
