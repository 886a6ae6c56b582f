import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterPaths } from './cluster-paths.ts';
import { findRunningPostgres } from './find-running-postgres.ts';
import { openEmbeddedPostgres } from './open-embedded-postgres.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-find-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test('finds a Postgres only while it runs, with the role of the service', async () => {
  expect(await findRunningPostgres(directory)).toBeNull();
  const { close, host, port, database, service } = await openEmbeddedPostgres({ directory, durable: false });
  expect(await findRunningPostgres(directory)).toEqual({ host, port, database, ...service });
  await close();
  expect(await findRunningPostgres(directory)).toBeNull();
});

test('ignores a stale file, even if another process has its process id now', async () => {
  const { data } = clusterPaths(directory);
  const stale = [process.pid, data, 0, 5432, '', '127.0.0.1', '', 'ready', ''].join('\n');
  await writeFile(join(data, 'postmaster.pid'), stale);
  expect(await findRunningPostgres(directory)).toBeNull();
});
