import { waitUntil } from '@thumbnail-api/testing';
import postgres from 'postgres';
import { describe, expect, inject, test } from 'vitest';
import { listObjects } from './checker/read-state.ts';
import { waitForAllJobs } from './stack/read-jobs.ts';
import { sendAccepted } from './stack/send-image.ts';
import { backends, type Stack } from './stack/start-stack.ts';
import { startTestStack } from './stack/start-test-stack.ts';

const sendMany = (api: { url: string }, count: number) =>
  Promise.all(Array.from({ length: count }, () => sendAccepted(api)));
const originals = async ({ bucket }: Stack) =>
  (await listObjects(bucket)).filter((key) => key.startsWith('originals/')).sort();

/** Runs one statement on the server that nothing of the database needs. */
async function onServer({ database }: Stack, statement: string): Promise<void> {
  const { host, port, user, password, database: name } = inject('services').postgres;
  const server = postgres({ host, port, user, password, database: name, max: 1, onnotice: () => undefined });
  await server`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database.database}`;
  await server.unsafe(statement);
  await server.end({ timeout: 2 });
}

describe.each(backends)('with the queue on %s', (backend) => {
  test('F39: an older database that is restored erases nothing that was accepted after its backup', async () => {
    const stack = await startTestStack(backend);
    const { database: name } = stack.database;
    let [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
    await sendMany(api, 5);
    await waitForAllJobs(stack.sql);
    await waitUntil('the bucket was walked', async () => {
      const [row] = await stack.sql`select generation::int as generation from installation`;
      return Number(row?.generation) > 0;
    });
    await Promise.all([api.kill(), worker.kill()]);
    await onServer(stack, `create database ${name}_copy template ${name}`);

    api = await stack.startApi();
    await sendMany(api, 30);
    await api.kill();
    const accepted = await originals(stack);
    expect(accepted).toHaveLength(35);

    await onServer(stack, `drop database ${name} with (force)`);
    await onServer(stack, `alter database ${name}_copy rename to ${name}`);
    [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
    await waitUntil('the restored database is covered', async () => {
      const rows = await stack.sql`select from coverage where started_at > now() - interval '1 minute'
        and ended_at > started_at + interval '15 seconds'`;
      return rows.length > 0;
    });
    // Younger than everything that was accepted: once the sweep has judged one, it has judged the others too. One every 20 s,
    // because none is an orphan if a slow disk keeps the heartbeats from being written in its time.
    const orphans: string[] = [];
    let putAt = Number.NEGATIVE_INFINITY;
    await waitUntil(
      'a later orphan is quarantined',
      async () => {
        if (performance.now() - putAt > 20_000) {
          orphans.push(`originals/${Bun.randomUUIDv7()}`);
          await stack.bucket.put(orphans.at(-1) ?? '', new Uint8Array(1));
          putAt = performance.now();
        }
        await stack.sql`update installation set scan_after = now() where scan_cursor = ''`;
        const keys = await stack.bucket.keys();
        return orphans.some((orphan) => keys.includes(`orphans/${orphan}`) && !keys.includes(orphan));
      },
      150_000,
    );
    expect((await originals(stack)).filter((key) => !orphans.includes(key))).toEqual(accepted);
  });
});
