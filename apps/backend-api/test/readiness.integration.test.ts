import { openDatabase } from '@thumbnail-api/db';
import type { Logger } from '@thumbnail-api/telemetry';
import { createDatabase, drawQuarters, waitUntil } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openTestApi } from './open-test-api.ts';

async function open(overrides: Parameters<typeof openTestApi>[0] = {}) {
  const api = await openTestApi(overrides);
  onTestFinished(() => api.close());
  return api;
}

const fail = async () => {
  throw new Error('unavailable');
};
const readReadiness = async (api: Awaited<ReturnType<typeof openTestApi>>) => {
  const response = await api.request('/health/ready');
  return { status: response.status, body: await response.json() };
};

test('stays ready while the queue and the object store are unavailable, and says which dependency is', async () => {
  const { deps } = await open();
  const api = await open({
    publisher: { ...deps.publisher, check: fail },
    store: { ...deps.store, check: fail },
  });
  expect(await readReadiness(api)).toEqual({
    status: 200,
    body: {
      status: 'up',
      dependencies: { database: 'up', databaseWrites: 'up', queue: 'down', storage: 'down' },
      objectFaults: [],
    },
  });
});

test('is not ready while Postgres is unavailable', async () => {
  const { deps } = await open();
  const api = await open({ database: { ...deps.database, check: fail, checkWrites: fail } });
  expect(await readReadiness(api)).toMatchObject({ status: 503, body: { status: 'down' } });
});

test('is not ready while it shuts down, and then closes each connection after its response', async () => {
  let isDraining = false;
  const api = await open({ isDraining: () => isDraining });
  expect((await api.request('/jobs')).headers.get('connection')).toBeNull();
  isDraining = true;
  expect(await readReadiness(api)).toMatchObject({
    status: 503,
    body: { status: 'down', dependencies: { database: 'up' } },
  });
  for (const path of ['/jobs', '/unknown', '/health/live'])
    expect((await api.request(path)).headers.get('connection')).toBe('close');
});

test('checks Postgres at most once a second, however often it is asked', async () => {
  const { deps } = await open();
  let checks = 0;
  const check = async () => {
    checks += 1;
  };
  const api = await open({ database: { ...deps.database, check } });
  const startedAt = performance.now();
  for (let round = 0; round < 200; round += 1) await api.request('/health/ready');
  expect(checks).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - startedAt) / 1_000));
});

test('a dependency that does not answer does not delay readiness beyond the timeout of a probe', async () => {
  const { deps } = await open();
  const hanging = Promise.withResolvers<void>();
  const api = await open({ publisher: { ...deps.publisher, check: () => hanging.promise } });
  const answer = await Promise.race([readReadiness(api), Bun.sleep(1_000).then(() => 'too late')]);
  hanging.resolve();
  expect(answer).toMatchObject({ status: 200, body: { dependencies: { database: 'up', queue: 'down' } } });
});

test('while Postgres only reads: reads are served, changes are refused with 503, and body, metric and log say so', async () => {
  const testDatabase = await createDatabase(inject('services').postgres);
  const database = openDatabase(testDatabase.config, 4);
  onTestFinished(async () => {
    await database.close();
    await testDatabase.drop();
  });
  const lines: [string, unknown][] = [];
  const write = (facts: { dependency?: string }, message: string) => lines.push([message, facts.dependency]);
  const log = { child: () => log, debug: write, info: write, warn: write, error: write } as unknown as Logger;
  const api = await open({ database, log });
  const name = testDatabase.config.database;
  const alter = (setting: string) =>
    database.run((executor) => executor.execute(sql.raw(`alter database ${name} ${setting}`)));
  await alter('set default_transaction_read_only = on');
  // The setting applies to new sessions.
  await database.run((executor) =>
    executor.execute(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name} and pid <> pg_backend_pid()`,
    ),
  );
  await database
    .run((executor) => executor.execute(sql`select pg_terminate_backend(pg_backend_pid())`))
    .catch(() => {});
  await waitUntil('Postgres is read-only', () =>
    database.checkWrites().then(
      () => false,
      () => true,
    ),
  );

  expect(await readReadiness(api)).toMatchObject({
    status: 200,
    body: { status: 'up', dependencies: { database: 'up', databaseWrites: 'down' } },
  });
  expect((await api.request('/jobs')).status).toBe(200);
  const upload = await api.post(await drawQuarters(10, 10));
  expect([upload.status, upload.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
  expect(await api.storedKeys()).toEqual([]);
  expect(await (await api.request('/metrics')).text()).toContain(
    'thumbnails_dependency_up{dependency="databaseWrites"} 0',
  );
  expect(lines).toContainEqual(['dependency unavailable', 'databaseWrites']);
});
