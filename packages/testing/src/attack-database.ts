import type { PostgresConfig } from '@thumbnail-api/config';
import postgres from 'postgres';

/** What code that has the password of the service would try beyond reading and changing rows, by name. */
const attempts: Record<string, string> = {
  'run a program': `copy (select 1) to program 'true'`,
  'read a file of the server': `select pg_read_file('/etc/passwd')`,
  'write a file of the server': `copy (select 1) to '/dev/null'`,
  'create a role': 'create role intruder superuser',
  'become a superuser': 'alter role current_user superuser',
  'change a setting of the server': `alter system set log_statement = 'all'`,
  'create a database': 'create database intruder',
  'create a schema': 'create schema intruder',
  'create a table': 'create table public.intruder (id int)',
  'create a table in the queue': 'create table bullmq.intruder (id int)',
  'create a table beside the migrations': 'create table drizzle.intruder (id int)',
  'create a temporary table': 'create temporary table intruder (id int)',
  'create a function': `create function public.intruder() returns int language sql as 'select 1'`,
  'create an extension': 'create extension file_fdw',
  'replace a function of the queue': `create or replace function bullmq.add_flow(p_entries jsonb) returns setof text
    language sql as $$ select 'stolen'::text $$`,
  'alter a table': 'alter table jobs add column intruder int',
  'add a trigger': 'alter table jobs disable trigger user',
  'drop a table': 'drop table thumbnails',
  'drop an index': 'drop index jobs_fair',
  'truncate a table': 'truncate thumbnails',
  'record a migration': `insert into drizzle.later_migrations (hash, created_at) values ('intruder', 9999999999999)`,
  'forget a migration': 'delete from drizzle.later_migrations',
  'forget the migrations of the queue': 'delete from bullmq.migration',
  'read the passwords': 'select rolpassword from pg_authid',
  'end another session':
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename <> current_user',
  'become another role': 'set role pg_execute_server_program',
};

/** The SQLSTATE of insufficient privilege. */
const forbidden = '42501';

/**
 * Tries everything that the role of the service must not do, and returns what was not forbidden. Another role must have a
 * session on the database. Whatever is allowed is done: use a database for this test alone.
 */
export async function attackDatabase({ host, port, database, user, password }: PostgresConfig): Promise<string[]> {
  const options = { max: 1, onnotice: () => undefined, fetch_types: false };
  const sql = postgres({ host, port, database, user, password: password?.reveal() ?? '', ...options });
  const allowed: string[] = [];
  for (const [name, statement] of Object.entries(attempts)) {
    const outcome = await sql.unsafe(statement).then(
      () => 'done',
      (error) => String(error.code),
    );
    if (outcome !== forbidden) allowed.push(`${name}: ${outcome}`);
  }
  await sql.end({ timeout: 2 });
  return allowed;
}
