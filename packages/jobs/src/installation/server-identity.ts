import { coverage } from '@thumbnail-api/db';
import { type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

const tables = ['images', 'jobs', 'thumbnails'];
/** The `xmin` of a row that is written by the current statement. Rewriting the row, also by restoring it, changes that. */
export const ownTransaction = sql`pg_current_xact_id()::xid::text`;

/**
 * The identity of the database, as SQL that reads it at the moment it runs: `{history}|{run}`.
 *
 * The history is the cluster, the database and the files of its tables: only a copy of the whole cluster keeps it. The run
 * is the timeline and the start of the server: nothing can replace the database within one run and keep its history, except
 * a rollback of the memory of the whole machine.
 */
export interface ServerIdentity {
  history: SQL;
  whole: SQL;
}

/**
 * Prepares the SQL of the identity. It leaves out what the role may not read, which is the cluster and its timeline.
 *
 * @throws AppError `unavailable`
 */
export async function prepareServerIdentity({ database }: Pick<JobsDeps, 'database'>): Promise<ServerIdentity> {
  const [privileges] = await database.run((executor) =>
    executor.execute(
      sql`select has_function_privilege('pg_control_system()', 'execute') as "cluster", has_function_privilege('pg_current_wal_lsn()', 'execute') as "timeline"`,
    ),
  );
  const cluster = privileges?.cluster ? sql`(select system_identifier::text from pg_control_system())` : sql`'unknown'`;
  const timeline = privileges?.timeline ? sql`left(pg_walfile_name(pg_current_wal_lsn()), 8)` : sql`'unknown'`;
  const databaseOid = sql`(select oid::text from pg_database where datname = current_database())`;
  const parts = [cluster, databaseOid, ...tables.map(tableIdentity)];
  const history = sql`(${sql.join(parts, sql` || '/' || `)})`;
  const run = sql`${timeline} || '/' || extract(epoch from pg_postmaster_start_time())::text`;
  return { history, whole: sql`(${history} || '|' || ${run})` };
}

/** TRUNCATE, DROP and a restore that replaces the table change it; `to_regclass` looks the name up at run time. */
const tableIdentity = (name: string): SQL =>
  sql`to_regclass(${name})::oid::text || ':' || pg_relation_filenode(to_regclass(${name}))::text`;

/** The value of `coverage.server` for a row that is written by the current statement. */
export const signServer = ({ whole }: ServerIdentity): SQL => sql`${whole} || '@' || ${ownTransaction}`;

/** Whether a row of `coverage` is as the service wrote it, and not restored into the table. */
export const isOwnRow: SQL = sql`split_part(${coverage.server}, '@', 2) = ${coverage}.xmin::text`;

/** Whether a row was written in the history of the database as it is now. It says nothing about a database that was replaced. */
export const hasSameHistory = ({ history }: ServerIdentity): SQL =>
  sql`${isOwnRow} and split_part(${coverage.server}, '|', 1) = ${history}`;

/** Whether a row was written in the current run of the server. */
export const isSameRun = ({ whole }: ServerIdentity): SQL =>
  sql`${isOwnRow} and split_part(${coverage.server}, '@', 1) = ${whole}`;
