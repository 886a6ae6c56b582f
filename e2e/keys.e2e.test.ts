import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from './client.ts';
import { distanceFromQuarters, drawQuarters, readPixels } from './images.ts';
import { type Service, startService } from './start-service.ts';

const program = join(import.meta.dirname, '../apps/keys/src/main.ts');
let service: Service;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-e2e-keys-'));
  service = await startService({ DATA_DIR: directory, AUTH: 'api-key', LINK_SECRET: 'x'.repeat(32) });
});
afterAll(async () => {
  await service?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Runs the command line for keys on the data directory of the service, and returns what it wrote to stdout. */
async function keys(...words: string[]): Promise<string> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', DATA_DIR: directory };
  const command = Bun.spawn([process.execPath, '--no-env-file', program, ...words], {
    env,
    stdin: 'ignore',
    stderr: 'pipe',
  });
  const output = await new Response(command.stdout).text();
  expect([await new Response(command.stderr).text(), await command.exited]).toEqual([expect.any(String), 0]);
  return output.trim();
}

test('a key created while `bun start` runs can upload and share, and is rejected with 401 once it is revoked', async () => {
  const withoutKey = openClient(service.url);
  await expect(withoutKey.send(new Uint8Array(1))).rejects.toThrow('no action Create Job among API Documentation');

  const client = openClient(service.url, await keys('create', '--name', 'e2e', '--scope', 'write'));
  const job = await client.run(await drawQuarters(640, 480));
  const shared = await fetch(job.actions.find(({ name }) => name === 'Share')?.href ?? '');
  const thumbnail = await readPixels(await shared.bytes());
  expect([shared.status, thumbnail.format, thumbnail.width]).toEqual([200, 'webp', 100]);
  expect(distanceFromQuarters(thumbnail.at)).toBeLessThan(12);
  expect((await withoutKey.follow(job, 'Download')).status).toBe(401);

  await keys('revoke', 'e2e');
  expect((await client.follow(job, 'Download')).status).toBe(401);
});
