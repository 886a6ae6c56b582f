import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCaller } from '@thumbnail-api/api-keys';
import { Secret } from '@thumbnail-api/config';
import { type Database, grantService, migrateDatabase, openDatabase } from '@thumbnail-api/db';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';
import { createDatabase } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

const main = join(import.meta.dirname, '../src/main.ts');

/** A data directory and a running Postgres, as `bun start` has them. */
let directory: string;
let postgres: EmbeddedPostgres;
let database: Database;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-keys-'));
  postgres = await openEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: false });
  const config = { ...postgres, password: new Secret(postgres.password), tls: false };
  await migrateDatabase(config);
  const { user, password } = postgres.service;
  await grantService(config, { ...config, user, password: new Secret(password) });
  database = openDatabase(config, 1);
});
afterAll(async () => {
  await database.close();
  await postgres.close();
  await rm(directory, { recursive: true, force: true });
});

async function keys(args: string[], environment: Record<string, string> = { DATA_DIR: directory }) {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', ...environment };
  const command = [process.execPath, '--no-env-file', main, 'keys', ...args];
  const child = Bun.spawn(command, { env, cwd: tmpdir(), stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, output, errors };
}
const create = (name: string, scope: string, ...more: string[]) =>
  keys(['create', '--name', name, '--scope', scope, ...more]);

test('creates a key while `bun start` runs, prints it once and alone, lists it and revokes it', async () => {
  const created = await create('ci', 'write');
  expect(created).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^tk_[\w-]{43}\n$/) });
  expect(created.errors).toMatch(/ci .*write.*once/);
  const key = created.output.trim();
  const { keyId = '', ...caller } = (await findCaller({ database }, key)) ?? {};
  expect(caller).toEqual({ owner: keyId, scope: 'write' });

  const listed = await keys(['list']);
  expect(listed.output).toMatch(new RegExp(`^${keyId} +ci +write +itself +\\d{4}-.*Z +\\d{4}-.*Z +- +-$`, 'm'));
  expect(listed.output + listed.errors).not.toContain(key.slice(3));

  expect(await keys(['revoke', 'ci'])).toMatchObject({
    exitCode: 0,
    output: '',
    errors: expect.stringContaining(keyId),
  });
  expect(await findCaller({ database }, key)).toBeNull();
  expect((await keys(['revoke', keyId])).exitCode).toBe(0);
  expect((await keys(['list'])).output).toMatch(new RegExp(`^${keyId} .*Z$`, 'm'));
});

test('creates a key that expires, and an admin key, and shows both', async () => {
  const created = await create('guest', 'read', '--expires', '90d');
  expect(created).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^tk_/) });
  expect(created.errors).toMatch(/expires on \d{4}-\d{2}-\d{2}/);
  expect((await create('boss', 'admin', '--expires', '2100-01-01T00:00:00Z')).exitCode).toBe(0);
  const { output } = await keys(['list']);
  expect(output).toMatch(/guest +read +itself +\d{4}-.*Z +- +\d{4}-.*Z +-$/m);
  expect(output).toMatch(/boss +admin +all owners +\d{4}-.*Z +- +2100-01-01T00:00Z +-$/m);
  expect(await create('late', 'read', '--expires', '2020-01-01')).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining('in the future'),
  });
});

test('a key can share the jobs of another key, even of a revoked one, and those created without a key', async () => {
  const first = await findCaller({ database }, (await create('old', 'write')).output.trim());
  const reader = await findCaller({ database }, (await create('r', 'read', '--shared-with', 'old')).output.trim());
  expect(reader).toMatchObject({ owner: first?.owner, scope: 'read' });
  await keys(['revoke', 'old']);
  const successor = await findCaller(
    { database },
    (await create('old', 'write', '--shared-with', 'old')).output.trim(),
  );
  expect(successor?.owner).toBe(first?.owner ?? '');
  const all = await findCaller({ database }, (await create('all', 'read', '--shared-with', 'everybody')).output.trim());
  expect(all?.owner).toBe('everybody');
});

test('exits with 1 for a duplicate or invalid name and for an unknown key', async () => {
  await create('duplicate', 'read');
  expect(await create('duplicate', 'write')).toMatchObject({
    exitCode: 1,
    output: '',
    errors: expect.stringContaining('duplicate'),
  });
  expect(await create('two words', 'read')).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining('64 letters'),
  });
  expect(await create('everybody', 'read')).toMatchObject({ exitCode: 1, output: '' });
  expect(await keys(['revoke', 'unknown'])).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining('no key unknown'),
  });
  expect(await create('x', 'read', '--shared-with', 'unknown')).toMatchObject({ exitCode: 1, output: '' });
});

test('POSTGRES_HOST takes precedence, and a database without tables is reported with the remedy', async () => {
  const server = inject('services').postgres;
  const empty = await createDatabase(server, { migrated: false });
  const external = {
    DATA_DIR: directory,
    POSTGRES_HOST: server.host,
    POSTGRES_PORT: String(server.port),
    POSTGRES_DB: empty.config.database,
    POSTGRES_USER: server.user,
    POSTGRES_PASSWORD: server.password,
  };
  expect(await keys(['list'], external)).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining('bun run migrate'),
  });
  await migrateDatabase(empty.config);
  expect(await keys(['list'], external)).toMatchObject({ exitCode: 0, output: 'There are no keys.\n' });
  await empty.drop();
});

test('says what to start if nothing is running, and creates nothing', async () => {
  const missing = join(directory, 'missing');
  const { exitCode, errors } = await keys(['list'], { DATA_DIR: missing });
  expect([exitCode, errors]).toEqual([1, expect.stringMatching(/bun start.*POSTGRES_HOST/)]);
  expect(await Bun.file(join(missing, 'postgres')).exists()).toBe(false);
});

test('exits with 64 for invalid arguments and with 78 for an invalid configuration', async () => {
  expect(await keys(['make'])).toMatchObject({ exitCode: 64, errors: expect.stringContaining('bun run keys create') });
  expect((await keys(['list'], { POSTGRES_HOST: 'x', POSTGRES_PORT: 'x' })).exitCode).toBe(78);
});
