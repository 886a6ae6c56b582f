import type { PostgresConfig } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import { readCode } from './database-error.ts';
import { migrationLock } from './migrate-database.ts';
import { toAddress } from './open-pool.ts';
import { readExcess } from './read-excess.ts';
import * as schema from './schema.ts';
import { scramVerifier } from './scram-verifier.ts';

const plain = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
const tables = Object.values(schema).flatMap((value) => (is(value, PgTable) ? [`public.${getTableName(value)}`] : []));

/**
 * Makes `service` a role that may read and change rows, and nothing else: creates it if it does not exist, sets its
 * password if that is rejected, takes from it what it owns, and grants the rows. Run it after every migration, as the role
 * that migrates. It can be repeated, and concurrent calls on one database are safe.
 *
 * @returns what the role can do beyond rows nevertheless, in words; usually nothing
 * @throws AppError `unavailable` if the role that migrates may not do this; the message says what to do
 */
export async function grantService(owner: PostgresConfig, service: PostgresConfig): Promise<string[]> {
  const client = open(owner);
  try {
    await client`select pg_advisory_lock(${migrationLock})`;
    await prepareRole(client, service);
    await grantRows(client, service.user, owner.database);
    return await readExcess(client, service.user);
  } catch (error) {
    throw explain(error, owner.user, service.user) ?? error;
  } finally {
    await client.end({ timeout: 5 });
  }
}

const open = (config: PostgresConfig) =>
  postgres({ ...toAddress(config), max: 1, connect_timeout: 10, fetch_types: false, onnotice: () => undefined });

async function prepareRole(client: postgres.Sql, service: PostgresConfig): Promise<void> {
  const { user, password } = service;
  const secret = password && ` password '${scramVerifier(password.reveal())}'`;
  const [role] = await client`
    select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls as "isPrivileged"
    from pg_roles where rolname = ${user}`;
  if (!role) {
    await client.unsafe(`create role ${quote(user)} ${plain}${secret ?? ''}`).catch(ignoreExisting);
    return;
  }
  if (role.isPrivileged) await client.unsafe(`alter role ${quote(user)} ${plain}`);
  if (secret && !(await canLogIn(service))) await client.unsafe(`alter role ${quote(user)} login${secret}`);
  const [owned] = await client`
    select 1 from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = to_regrole(${quote(user)})
      and deptype = 'o' and dbid in (0, (select oid from pg_database where datname = current_database())) limit 1`;
  if (owned) await client.unsafe(`reassign owned by ${quote(user)} to current_user`);
}

/** Another migration, of another database on this server, may create the same role at the same time. */
function ignoreExisting(error: unknown): void {
  const code = readCode(error);
  if (code !== '42710' && code !== '23505') throw error;
}

async function canLogIn(service: PostgresConfig): Promise<boolean> {
  const client = open(service);
  try {
    await client`select 1`;
    return true;
  } catch (error) {
    if (['28P01', '28000'].includes(readCode(error))) return false;
    throw error;
  } finally {
    await client.end({ timeout: 1 });
  }
}

async function grantRows(client: postgres.Sql, user: string, database: string): Promise<void> {
  const role = quote(user);
  const [queue] = await client`select to_regnamespace('bullmq') as name`;
  const statements = [
    `revoke create, temporary on database ${quote(database)} from public, ${role}`,
    `revoke create on schema public from public, ${role}`,
    `grant connect on database ${quote(database)} to ${role}`,
    `grant usage on schema public, drizzle to ${role}`,
    `grant select, insert, update, delete on ${tables.join(', ')} to ${role}`,
    `grant select on all tables in schema drizzle to ${role}`,
    ...(queue?.name ? queueGrants(role) : []),
  ];
  await client.begin(async (transaction) => {
    for (const statement of statements) await transaction.unsafe(statement);
  });
}

/** BullMQ's functions run with the rights of their caller, and everybody may call them. */
const queueGrants = (role: string): string[] => [
  `grant usage on schema bullmq to ${role}`,
  `grant select, insert, update, delete on all tables in schema bullmq to ${role}`,
  `revoke insert, update, delete on bullmq.migration from ${role}`,
  `grant usage on all sequences in schema bullmq to ${role}`,
];

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** The cluster's first role cannot give up its rights or its objects. */
const isFirstRole = (code: string) => ['0LP01', '2BP01', '0A000'].includes(code);

function explain(error: unknown, owner: string, user: string): AppError | undefined {
  const code = readCode(error);
  if (isFirstRole(code))
    return new AppError(
      'unavailable',
      `The role ${user} was created with the server and keeps all its rights. Set POSTGRES_USER to a new name, which migrate creates, and POSTGRES_MIGRATE_USER to ${user}.`,
      { cause: error },
    );
  if (code !== '42501') return undefined;
  return new AppError(
    'unavailable',
    `The role ${owner} may not create or change the role ${user}. Do it yourself (CREATE ROLE "${user}" LOGIN PASSWORD '…'), or give ${owner} CREATEROLE, and run the migration again.`,
    { cause: error },
  );
}
