import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCaller } from '@thumbnail-api/api-keys';
import { Secret } from '@thumbnail-api/config';
import { type Database, migrateDatabase, openDatabase } from '@thumbnail-api/db';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';
import { createDatabase } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

const main = join(import.meta.dirname, '../src/main.ts');

/** As `bun start` keeps it: data below a directory, and a Postgres that runs on it. */
let directory: string;
let postgres: EmbeddedPostgres;
let database: Database;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-keys-'));
  postgres = await openEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: false });
  const config = { ...postgres, password: new Secret(postgres.password), tls: false };
  await migrateDatabase(config);
  database = openDatabase(config, 1);
});
afterAll(async () => {
  await database.close();
  await postgres.close();
  await rm(directory, { recursive: true, force: true });
});

async function keys(words: string[], environment: Record<string, string> = { DATA_DIR: directory }) {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', ...environment };
  const command = [process.execPath, '--no-env-file', main, 'keys', ...words];
  const child = Bun.spawn(command, { env, cwd: tmpdir(), stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [output, said] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, output, said };
}
const create = (name: string, scope: string, ...more: string[]) =>
  keys(['create', '--name', name, '--scope', scope, ...more]);

test('a key is made while `bun start` runs, shown once and alone, listed, and revoked', async () => {
  const made = await create('ci', 'write');
  expect(made).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^tk_[\w-]{43}\n$/) });
  expect(made.said).toMatch(/ci .*write.*once/);
  const key = made.output.trim();
  const { keyId = '', ...caller } = (await findCaller({ database }, key)) ?? {};
  expect(caller).toEqual({ owner: keyId, scope: 'write' });

  const listed = await keys(['list']);
  expect(listed.output).toMatch(new RegExp(`^${keyId} +ci +write +itself +\\d{4}-.*Z +\\d{4}-.*Z +-$`, 'm'));
  expect(listed.output + listed.said).not.toContain(key.slice(3));

  expect(await keys(['revoke', 'ci'])).toMatchObject({ exitCode: 0, output: '', said: expect.stringContaining(keyId) });
  expect(await findCaller({ database }, key)).toBeNull();
  expect((await keys(['revoke', keyId])).exitCode).toBe(0);
  expect((await keys(['list'])).output).toMatch(new RegExp(`^${keyId} .*Z$`, 'm'));
});

test('a key may share what another owns, also one that was revoked, and what everybody has made', async () => {
  const first = await findCaller({ database }, (await create('old', 'write')).output.trim());
  const reader = await findCaller({ database }, (await create('r', 'read', '--shared-with', 'old')).output.trim());
  expect(reader).toMatchObject({ owner: first?.owner, scope: 'read' });
  await keys(['revoke', 'old']);
  const heir = await findCaller({ database }, (await create('old', 'write', '--shared-with', 'old')).output.trim());
  expect(heir?.owner).toBe(first?.owner ?? '');
  const all = await findCaller({ database }, (await create('all', 'read', '--shared-with', 'everybody')).output.trim());
  expect(all?.owner).toBe('everybody');
});

test('what cannot be done ends with 1 and says why: a name that is taken or cannot be, a key that is not there', async () => {
  await create('taken', 'read');
  expect(await create('taken', 'write')).toMatchObject({
    exitCode: 1,
    output: '',
    said: expect.stringContaining('taken'),
  });
  expect(await create('two words', 'read')).toMatchObject({ exitCode: 1, said: expect.stringContaining('64 letters') });
  expect(await create('everybody', 'read')).toMatchObject({ exitCode: 1, output: '' });
  expect(await keys(['revoke', 'nobody'])).toMatchObject({
    exitCode: 1,
    said: expect.stringContaining('no key nobody'),
  });
  expect(await create('x', 'read', '--shared-with', 'nobody')).toMatchObject({ exitCode: 1, output: '' });
});

test('a Postgres that is named wins, and one that has not been set up says what to do', async () => {
  const parts = inject('services').postgres;
  const empty = await createDatabase(parts, { migrated: false });
  const named = {
    DATA_DIR: directory,
    POSTGRES_HOST: parts.host,
    POSTGRES_PORT: String(parts.port),
    POSTGRES_DB: empty.config.database,
    POSTGRES_USER: parts.user,
    POSTGRES_PASSWORD: parts.password,
  };
  expect(await keys(['list'], named)).toMatchObject({ exitCode: 1, said: expect.stringContaining('bun run migrate') });
  await migrateDatabase(empty.config);
  expect(await keys(['list'], named)).toMatchObject({ exitCode: 0, output: 'There is no key yet.\n' });
  await empty.drop();
});

test('where nothing runs it says what to start, and makes nothing', async () => {
  const nowhere = join(directory, 'nowhere');
  const { exitCode, said } = await keys(['list'], { DATA_DIR: nowhere });
  expect([exitCode, said]).toEqual([1, expect.stringMatching(/bun start.*POSTGRES_HOST/)]);
  expect(await Bun.file(join(nowhere, 'postgres')).exists()).toBe(false);
});

test('words that are no command end with 64, a configuration that cannot be used with 78', async () => {
  expect(await keys(['make'])).toMatchObject({ exitCode: 64, said: expect.stringContaining('bun run keys create') });
  expect((await keys(['list'], { POSTGRES_HOST: 'x', POSTGRES_PORT: 'x' })).exitCode).toBe(78);
});
