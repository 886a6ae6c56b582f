import { createServer, type Socket } from 'node:net';
import { createDatabase, type TestDatabase } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openDatabase } from '../src/index.ts';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createDatabase(inject('parts').postgres, { migrated: false });
});
afterAll(() => testDatabase.drop());

/** A server that takes connections and never says a word. */
async function openSilence() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port, close };
}

test('a server that takes connections and says nothing is unavailable within the deadline', async () => {
  const silence = await openSilence();
  const database = openDatabase({ ...testDatabase.config, port: silence.port });
  const began = performance.now();
  await expect(database.run((executor) => executor.execute(sql`select 1`))).rejects.toMatchObject({
    code: 'unavailable',
    retryable: true,
  });
  expect(performance.now() - began).toBeLessThan(11_000);
  await database.close();
  silence.close();
});

test('work whose deadline has passed is not committed when it ends after all', async () => {
  const database = openDatabase(testDatabase.config);
  await database.run((executor) => executor.execute(sql`create table late (id int)`));
  const gate = Promise.withResolvers<void>();
  const work = database.transaction(async (transaction) => {
    await transaction.execute(sql`set local idle_in_transaction_session_timeout = 0`);
    await transaction.execute(sql`insert into late values (1)`);
    await gate.promise;
  });
  await expect(work).rejects.toMatchObject({ code: 'unavailable' });
  gate.resolve();
  const rows = await database.run((executor) => executor.execute(sql`select * from late`));
  await database.close();
  const again = openDatabase(testDatabase.config);
  expect([...rows, ...(await again.run((executor) => executor.execute(sql`select * from late`)))]).toEqual([]);
  await again.close();
});
