import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@thumbnail-api/db';
import { type JobsDeps, registerInstallation } from '@thumbnail-api/jobs';
import { type ObjectInfo, openStore, originalKey } from '@thumbnail-api/storage';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, type TestDatabase } from '@thumbnail-api/testing';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { sweepBucket } from '../src/sweep/sweep-bucket.ts';

let testDatabase: TestDatabase;
let directory: string;
let deps: Pick<JobsDeps, 'database' | 'store' | 'log'>;
beforeEach(async () => {
  testDatabase = await createDatabase(inject('services').postgres);
  directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-sweep-'));
  const store = openStore({ kind: 'filesystem', directory });
  const withOlderOriginal = ({ key, modifiedAt, ...info }: ObjectInfo) => ({
    ...info,
    key,
    modifiedAt: new Date(modifiedAt.getTime() - (key.startsWith('originals/') ? 3_600_000 : 0)),
  });
  deps = {
    database: openDatabase(testDatabase.config, 2),
    log: createLogger('test', 'silent'),
    store: {
      ...store,
      head: (key) => store.head(key).then((info) => info && withOlderOriginal(info)),
      list: (prefix, options) => store.list(prefix, options).then((found) => found.map(withOlderOriginal)),
    },
  };
});
afterEach(async () => {
  await deps.database.close();
  await testDatabase.drop();
  await rm(directory, { recursive: true, force: true });
});

test('counts orphans, and quarantines them only with --confirm', async () => {
  await registerInstallation(deps, { uploadDeadlineMs: 120_000 });
  const key = originalKey(Bun.randomUUIDv7());
  await deps.store.put(key, new Uint8Array(1), 'image/png');
  const counted = await sweepBucket(deps, []);
  expect(counted.line).toMatch(/^Orphans found: 1\. 1 of them are from a time .*--confirm$/);
  expect(await deps.store.head(key)).not.toBeNull();
  expect(await sweepBucket(deps, ['--confirm'])).toEqual({
    line: 'Orphans moved to orphans/: 1. They are erased after ORPHAN_DAYS.',
    exitCode: 0,
  });
  expect(await deps.store.head(key)).toBeNull();
  expect(await deps.store.head(`orphans/${key}`)).not.toBeNull();
  expect((await sweepBucket(deps, [])).line).toMatch(/^No orphans/);
});

test('a database that never stored an upload removes nothing, even with --confirm', async () => {
  const key = originalKey(Bun.randomUUIDv7());
  await deps.store.put(key, new Uint8Array(1), 'image/png');
  expect(await sweepBucket(deps, ['--confirm'])).toMatchObject({ exitCode: 1 });
  expect(await deps.store.head(key)).not.toBeNull();
});

test.each([[['--yes']], [['--confirm', '--confirm']], [['confirm']]])('rejects %j', async (args) => {
  expect(await sweepBucket(deps, args)).toMatchObject({ exitCode: 64 });
});
