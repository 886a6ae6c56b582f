import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, everybody, openDatabase } from '@thumbnail-api/db';
import { openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';
import { type JobsQuery, listJobs } from '@thumbnail-api/jobs';
import { createDatabase, fewOwner, fillTables } from '@thumbnail-api/testing';
import postgres from 'postgres';
import { type Figure, type Round, toFigure } from '../measure/figure.ts';
import { quantile } from '../measure/statistics.ts';
import { openTimedDatabase, type TimedDatabase } from '../stack/open-timed-database.ts';
import { type RowContext, scaled } from './row.ts';

const sizes = [10_000, 1_000_000, 10_000_000];
const pagesPerRound = 100;
const limit = 20;

type Query = Pick<JobsQuery, 'owner' | 'status'>;
/** One way of asking for a page. */
const views: Record<string, Query & { deep: boolean }> = {
  'first page': { owner: everybody, deep: false },
  'deep pages': { owner: everybody, deep: true },
  'first page of one status': { owner: everybody, status: 'error', deep: false },
  'deep pages of one status': { owner: everybody, status: 'error', deep: true },
  'first page of one key': { owner: fewOwner, deep: false },
  'deep pages of one key': { owner: fewOwner, deep: true },
};

/** What the pages of a list cost in the database, planning and execution, as the table grows; p99 over random places. */
export async function list(context: RowContext): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-'));
  const server = await openEmbeddedPostgres({ directory, durable: false });
  const { config } = await createDatabase(server);
  const { host, port, user, password } = server;
  const sql = postgres({ host, port, user, password, database: config.database, max: 2, onnotice: () => undefined });
  const timed = openTimedDatabase(config);
  const plain = openDatabase(config);
  const counts = sizes.map((size) => scaled(context, size));
  const bySize: Record<string, Round[]>[] = [];
  for (const [index, count] of counts.entries()) {
    await fillTables(sql, { from: (counts[index - 1] ?? 0) + 1, to: count });
    bySize.push(await measureViews(context, { timed, plain, sql }));
  }
  const [least] = bySize;
  const most = bySize.at(-1);
  const name = { row: 'list', unit: 'ms' } as const;
  const figures = Object.keys(views).flatMap((view) => [
    ...counts.map((count, index) =>
      toFigure(
        { ...name, what: `${view}, ${count} jobs`, comparison: 'value', goal: { atMost: 5 } },
        bySize[index]?.[view] ?? [],
      ),
    ),
    toFigure(
      { ...name, what: `${view}, the most beside the least`, comparison: 'ratio', goal: { atMost: 1.5 } },
      (most?.[view] ?? []).map(({ subject }, round) => ({
        subject,
        baseline: least?.[view]?.[round]?.subject ?? null,
      })),
    ),
  ]);
  await timed.close();
  await plain.close();
  await sql.end();
  await server.close();
  await rm(directory, { recursive: true, force: true });
  return figures;
}

interface Databases {
  timed: TimedDatabase;
  plain: Database;
  sql: postgres.Sql;
}

async function measureViews({ rounds }: RowContext, databases: Databases) {
  const measured: Record<string, Round[]> = {};
  for (const [view, { deep, ...query }] of Object.entries(views)) {
    const found: Round[] = [];
    for (let round = -1; round < rounds; round++) {
      const times: number[] = [];
      for (let page = 0; page < pagesPerRound; page++) {
        const cursor = deep ? await findCursor(databases, query) : undefined;
        times.push(await databases.timed.measure((database) => listJobs({ database }, { ...query, limit, cursor })));
      }
      if (round >= 0) found.push({ subject: quantile(times, 0.99), baseline: null });
    }
    measured[view] = found;
  }
  return measured;
}

/** A random place. Only one row is read beside it, so that most of the page was not. */
async function findCursor({ plain, sql }: Databases, query: Query): Promise<string | undefined> {
  const [row] = await sql<{ at: Date }[]>`
    select min(created_at) + random() * (max(created_at) - min(created_at)) as at from jobs where deleted_at is null`;
  const page = await listJobs({ database: plain }, { ...query, limit: 1, createdBefore: row?.at });
  return page.next ?? undefined;
}
