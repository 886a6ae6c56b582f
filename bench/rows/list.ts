import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, everybody, openDatabase } from '@thumbnail-api/db';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';
import { type JobsQuery, listJobs } from '@thumbnail-api/jobs';
import { createDatabase, fewOwner, fillTables } from '@thumbnail-api/testing';
import postgres from 'postgres';
import { alternate } from '../measure/alternate.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { quantile } from '../measure/statistics.ts';
import { openTimedDatabase, type TimedDatabase } from '../stack/open-timed-database.ts';
import { type RowContext, scaled } from './row.ts';

const smallRows = 10_000;
const largeRows = [1_000_000, 10_000_000];
const pagesPerRound = 100;
const limit = 20;

/** A kind of page. */
interface View extends Pick<JobsQuery, 'status'> {
  owner: string;
  deep: boolean;
}

const views: Record<string, View> = {
  'first page': { owner: everybody, deep: false },
  'deep pages': { owner: everybody, deep: true },
  'first page of one status': { owner: everybody, status: 'error', deep: false },
  'deep pages of one status': { owner: everybody, status: 'error', deep: true },
  'first page of one API key': { owner: fewOwner, deep: false },
  'deep pages of one API key': { owner: fewOwner, deep: true },
};

/**
 * Time in the database for a page of the list, with parsing and planning: p99 over random pages. A large table alternates
 * with a small one.
 */
export async function list(context: RowContext): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-'));
  const server = await openEmbeddedPostgres({ directory, durable: false });
  const [small, large] = [await openTable(server), await openTable(server)];
  const count = scaled(context, smallRows);
  await fillTables(small.sql, { from: 1, to: count });
  const figures: Figure[] = [];
  let rows = 0;
  for (const target of largeRows.map((size) => scaled(context, size))) {
    await fillTables(large.sql, { from: rows + 1, to: target });
    rows = target;
    for (const [name, view] of Object.entries(views)) {
      const sides = { subject: () => measure(large, view), baseline: () => measure(small, view) };
      const rounds = await alternate(context.rounds, sides);
      const what = `${name}, ${toText(rows)} jobs`;
      const compared = `${what} compared with ${toText(count)}`;
      figures.push(
        toFigure({ row: 'list', what, unit: 'ms', comparison: 'value', goal: { atMost: 5 } }, rounds),
        toFigure({ row: 'list', what: compared, unit: 'ms', comparison: 'ratio', goal: { atMost: 1.5 } }, rounds),
      );
    }
  }
  for (const { close } of [small, large]) await close();
  await server.close();
  await rm(directory, { recursive: true, force: true });
  return figures;
}

const toText = (rows: number) => rows.toLocaleString('en-GB');

interface Table {
  timed: TimedDatabase;
  plain: Database;
  sql: postgres.Sql;
  close(): Promise<void>;
}

async function openTable(server: EmbeddedPostgres): Promise<Table> {
  const { config } = await createDatabase(server);
  const { host, port, user, password } = server;
  const sql = postgres({ host, port, user, password, database: config.database, max: 2, onnotice: () => undefined });
  const timed = openTimedDatabase(config);
  const plain = openDatabase(config);
  const close = async () => {
    await timed.close();
    await plain.close();
    await sql.end();
  };
  return { timed, plain, sql, close };
}

async function measure(table: Table, { deep, ...query }: View): Promise<number> {
  const times: number[] = [];
  for (let page = 0; page < pagesPerRound; page++) {
    const cursor = deep ? await findCursor(table, query) : undefined;
    times.push(await table.timed.measure((database) => listJobs({ database }, { ...query, limit, cursor })));
  }
  return quantile(times, 0.99);
}

/** Finds the cursor of a random page. It reads only one row, so that the rows of the page are not in memory yet. */
async function findCursor({ plain, sql }: Table, query: Omit<View, 'deep'>): Promise<string | undefined> {
  const [row] = await sql<{ at: Date }[]>`
    select min(created_at) + random() * (max(created_at) - min(created_at)) as at
    from jobs where owner = ${query.owner} and deleted_at is null`;
  const page = await listJobs({ database: plain }, { ...query, limit: 1, createdBefore: row?.at });
  return page.next ?? undefined;
}
