import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';
import { startS3, testEnvironment, waitUntil } from '@thumbnail-api/testing';
import { sendPicture } from '../stack/send-picture.ts';
import { type Backend, startStack } from '../stack/start-stack.ts';
import { keepApp } from './kept-app.ts';
import type { Scene } from './scene.ts';

/** A fleet of two APIs and two workers on servers of its own; S3 is the one that the environment names, or an emulator. */
export async function openScene(backend: Backend): Promise<Scene & { s3: string; close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-chaos-'));
  // Durable: an immediate stop may cost nothing that was committed.
  const postgres = await openEmbeddedPostgres({ directory: join(directory, 'postgres') });
  const emulator = testEnvironment.s3 ? null : await startS3();
  const s3 = testEnvironment.s3 ?? emulator;
  if (!s3) throw new Error('no S3 server');
  const stack = await startStack(backend, { postgres, s3 });
  const start = {
    api: () => keepApp(() => stack.startApi()),
    worker: () => keepApp(() => stack.startWorker()),
  };
  const [firstApi, secondApi, firstWorker, secondWorker] = await Promise.all([
    start.api(),
    start.api(),
    start.worker(),
    start.worker(),
  ]);
  const first = await sendPicture(firstApi.current());
  // From then on the sweep answers for the bucket; what is older it leaves to a person.
  await waitUntil(
    'the first walk is over',
    async () => (await stack.bucket.keys()).some((key) => key.endsWith('/since')),
    60_000,
  );
  const all = [firstApi, secondApi, firstWorker, secondWorker];
  return {
    stack,
    first,
    apis: [firstApi, secondApi],
    workers: [firstWorker, secondWorker],
    s3: emulator ? 'fauxqs' : `the server at ${s3.endpoint}`,
    stopPostgres: async () => {
      const file = await readFile(join(directory, 'postgres/cluster/data/postmaster.pid'), 'utf8');
      process.kill(Number.parseInt(file, 10), 'SIGQUIT');
    },
    close: async () => {
      for (const app of all) app.release();
      await stack.close();
      await emulator?.stop();
      await postgres.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
