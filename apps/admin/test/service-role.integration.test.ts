import { join } from 'node:path';
import { type PostgresConfig, Secret } from '@thumbnail-api/config';
import { assertSchema, openDatabase } from '@thumbnail-api/db';
import { attackDatabase, createDatabase } from '@thumbnail-api/testing';
import postgres from 'postgres';
import { expect, inject, onTestFinished, test } from 'vitest';

const main = join(import.meta.dirname, '../src/main.ts');
const server = inject('services').postgres;

/** A database, and roles for it that no other test has. They are dropped afterwards. */
async function open({ migrated }: { migrated: boolean }) {
  const { config, drop } = await createDatabase(server, { migrated });
  const suffix = config.database.slice(-12);
  const roles = { service: `service_${suffix}`, owner: `owner_${suffix}` };
  const admin = connect(config);
  await admin`select 1`;
  onTestFinished(async () => {
    await admin.end({ timeout: 2 });
    await drop();
    const cleaner = connect({ ...config, database: server.database });
    for (const role of Object.values(roles)) await cleaner.unsafe(`drop role if exists "${role}"`);
    await cleaner.end({ timeout: 2 });
  });
  const as = (user: string, password = 'p') => ({ ...config, user, password: new Secret(password) });
  return { admin, config, ...roles, as };
}

const connect = ({ host, port, database, user, password }: PostgresConfig) =>
  postgres({ host, port, database, user, password: password?.reveal() ?? '', max: 1, onnotice: () => undefined });

/** Runs `migrate` as one role, for another, and returns its exit status and its log. */
async function migrate(owner: PostgresConfig, service: PostgresConfig) {
  const { host, port, database } = owner;
  const child = Bun.spawn([process.execPath, '--no-env-file', main, 'migrate'], {
    env: {
      POSTGRES_HOST: host,
      POSTGRES_PORT: String(port),
      POSTGRES_DB: database,
      POSTGRES_USER: service.user,
      POSTGRES_PASSWORD: service.password?.reveal(),
      ...(owner !== service && {
        POSTGRES_MIGRATE_USER: owner.user,
        POSTGRES_MIGRATE_PASSWORD: owner.password?.reveal(),
      }),
      QUEUE: 'postgres',
    },
    stderr: 'inherit',
  });
  const log = await new Response(child.stdout).text();
  return { exitCode: await child.exited, log };
}

async function canRun(service: PostgresConfig) {
  const database = openDatabase(service, 1);
  await assertSchema(database);
  await database.close();
}

test('the role of the service reads and changes rows, and everything else is forbidden to it', async () => {
  const { config, as, service } = await open({ migrated: false });
  expect(await migrate(config, as(service))).toMatchObject({ exitCode: 0, log: expect.not.stringContaining('excess') });
  await canRun(as(service));
  expect(await attackDatabase(as(service))).toEqual([]);
});

test('a database of 0.1.0, whose tables belong to the role of the service, is separated by another role', async () => {
  const { admin, config, as, service } = await open({ migrated: false });
  await admin.unsafe(`create role "${service}" login createdb createrole password 'p'`);
  await admin.unsafe(`alter database ${config.database} owner to "${service}"`);
  expect((await migrate(as(service), as(service))).exitCode).toBe(0);
  const [table] = await admin`select tableowner as owner from pg_tables where tablename = 'jobs'`;
  expect(table).toEqual({ owner: service });

  expect(await migrate(config, as(service))).toMatchObject({ exitCode: 0 });
  await canRun(as(service));
  expect(await attackDatabase(as(service))).toEqual([]);
});

test('the role that migrates needs no more than its own database and CREATEROLE', async () => {
  const { admin, config, as, service, owner } = await open({ migrated: false });
  await admin.unsafe(`create role "${owner}" login createrole password 'p'`);
  await admin.unsafe(`alter database ${config.database} owner to "${owner}"`);
  expect(await migrate(as(owner), as(service))).toMatchObject({ exitCode: 0 });
  expect(await attackDatabase(as(service))).toEqual([]);
});

test('a later migration sets a new password, and several at once do no harm', async () => {
  const { config, as, service } = await open({ migrated: true });
  const runs = await Promise.all(['one', 'one', 'one'].map((password) => migrate(config, as(service, password))));
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  await canRun(as(service, 'one'));
  expect((await migrate(config, as(service, 'two'))).exitCode).toBe(0);
  await canRun(as(service, 'two'));
  await expect(canRun(as(service, 'one'))).rejects.toThrow('check POSTGRES_USER and POSTGRES_PASSWORD');
});

test('without a role of its own, the migration works as in 0.1.0 and says how to separate the roles', async () => {
  const { config } = await open({ migrated: false });
  const { exitCode, log } = await migrate(config, config);
  expect(exitCode).toBe(0);
  expect(log).toContain('set POSTGRES_MIGRATE_USER to this role and POSTGRES_USER to a new name');
});

test('a role that may not create others says what to do instead', async () => {
  const { admin, config, as, service, owner } = await open({ migrated: false });
  await admin.unsafe(`create role "${owner}" login password 'p'`);
  await admin.unsafe(`alter database ${config.database} owner to "${owner}"`);
  const { exitCode, log } = await migrate(as(owner), as(service));
  expect(exitCode).toBe(1);
  expect(log).toContain(`may not create or change the role ${service}. Do it yourself (CREATE ROLE`);
});
