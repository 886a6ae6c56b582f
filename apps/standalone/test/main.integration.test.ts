import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawQuarters, findFreePort, waitUntil } from '@thumbnail-api/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findDescendants } from './find-descendants.ts';
import { isGone } from './is-gone.ts';

let directory: string;
let running: Bun.Subprocess<'ignore', 'pipe', 'pipe'>[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'standalone-main-'));
  running = [];
});

afterEach(async () => {
  const descendants = running.flatMap(({ pid }) => findDescendants(pid));
  for (const child of running) child.kill('SIGKILL');
  for (const pid of descendants) await isGone(pid);
  await rm(directory, { recursive: true, force: true });
});

async function start(environment: Record<string, string>) {
  const [port, workerPort] = [await findFreePort(), await findFreePort()];
  const child = Bun.spawn([process.execPath, '--no-env-file', `${import.meta.dirname}/../src/main.ts`], {
    cwd: directory,
    env: {
      PATH: '/usr/bin:/bin',
      LOG_LEVEL: 'warn',
      PORT: String(port),
      WORKER_PORT: String(workerPort),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const url = `http://127.0.0.1:${port}`;
  const ready = () => waitUntil('the API is ready', async () => (await fetch(`${url}/health/ready`)).ok);
  return { child, url, ready };
}

test('an invalid configuration exits with 78, reports every issue and starts nothing', async () => {
  const { child } = await start({ QUEUE: 'redis', S3_ENDPOINT: 'http://localhost:9000', MAX_UPLOAD_BYTES: 'much' });
  const errors = await new Response(child.stderr).text();
  expect(await child.exited).toBe(78);
  for (const name of ['REDIS_HOST', 'S3_BUCKET', 'MAX_UPLOAD_BYTES']) expect(errors).toContain(name);
  await expect(readdir(directory)).resolves.toEqual([]);
});

test('the API and the worker run on embedded services, and a job survives a restart', async () => {
  const first = await start({});
  await first.ready();
  const form = new FormData();
  form.set('file', new Blob([await drawQuarters(300, 200)], { type: 'image/png' }), 'quarters.png');
  const created = await fetch(`${first.url}/jobs`, { method: 'POST', body: form });
  expect(created.status).toBe(201);
  const { id } = (await created.json()) as { id: string };
  const started = findDescendants(first.child.pid);
  first.child.kill('SIGTERM');
  expect(await first.child.exited).toBe(0);
  for (const pid of started) expect(await isGone(pid)).toBe(true);

  const second = await start({});
  await second.ready();
  const status = async () => ((await (await fetch(`${second.url}/jobs/${id}`)).json()) as { status: string }).status;
  await waitUntil('the job has succeeded', async () => (await status()) === 'success');
});

test('a SIGKILL leaves no Postgres, API, worker or renderer running', async () => {
  const { child, ready } = await start({});
  await ready();
  const started = findDescendants(child.pid);
  // The API, the worker, a renderer, the two processes of the guard, and Postgres with its children.
  expect(started.length).toBeGreaterThan(6);
  child.kill('SIGKILL');
  for (const pid of started) expect(await isGone(pid)).toBe(true);
});
