import { type Database, everybody } from '@thumbnail-api/db';
import { originalKey, thumbnailKey } from '@thumbnail-api/storage';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, fillTables, owned } from '@thumbnail-api/testing';
import type { SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { findNamed } from '../src/cleanup/find-named.ts';
import { findOrphans } from '../src/cleanup/find-orphans.ts';
import { expireJobs } from '../src/deletion/expire-jobs.ts';
import { finishDeletions } from '../src/deletion/finish-deletions.ts';
import {
  claimJob,
  claimNextJob,
  finishJob,
  freeLeases,
  getBatch,
  getImage,
  getJob,
  type JobsDeps,
  listJobs,
  publishDueJobs,
  renewLease,
  retryJobs,
} from '../src/index.ts';

const rows = 20_000;
const statements: { query: string; params: unknown[] }[] = [];
let sql: postgres.Sql;
let drop: () => Promise<void>;
let deps: JobsDeps;
let ids: Record<'uploaded' | 'processing', string>;
let page: { next: string; prev: string };
const batchId = Bun.randomUUIDv7();

beforeAll(async () => {
  const created = await createDatabase(inject('services').postgres);
  drop = created.drop;
  const { host, port, user, password, database } = created.config;
  const access = { host, port, user, database, password: password?.reveal() ?? '' };
  sql = postgres({ ...access, max: 2, onnotice: () => undefined });
  await fillTables(sql, { from: 1, to: rows });
  await sql`insert into batches (id, owner, refused) values (${batchId}, ${everybody}, '[]')`;
  await sql`update jobs set batch_id = ${batchId} where id in (select id from jobs order by id desc limit 20)`;
  await sql`update jobs set deleted_at = now() - interval '1 day' where id in (select id from jobs order by id limit 20)`;
  await sql`update jobs set lease_until = now() - interval '1 day' where status = 'processing'`;
  await sql`vacuum analyze jobs`;
  const executor = drizzle(sql, { logger: { logQuery: (query, params) => statements.push({ query, params }) } });
  const database_ = {
    run: (work: (executor: never) => unknown) => work(executor as never),
    transaction: (work: (executor: never) => Promise<unknown>) => executor.transaction((one) => work(one as never)),
    commit: (statement: SQL) => executor.execute(statement),
    readClock: async () => new Date().toISOString(),
  } as unknown as Database;
  const publisher = {
    publish: async () => undefined,
    publishAll: async () => undefined,
    count: async () => 0,
  } as unknown as JobsDeps['publisher'];
  const store = {
    put: async () => undefined,
    list: async () => [],
    deleteMany: async () => [],
  } as unknown as JobsDeps['store'];
  deps = { database: database_, publisher, store, log: createLogger('test', 'silent') };
  const found = await sql<{ id: string; status: string }[]>`
    select distinct on (status) status, id from jobs where status in ('uploaded', 'processing') order by status, id desc`;
  ids = Object.fromEntries(found.map(({ id, status }) => [status, id])) as typeof ids;
  const middle = new Date(Date.now() - (rows / 2) * 1_000);
  const { next } = await listJobs(deps, { owner: everybody, limit: 20, createdBefore: middle });
  const { prev } = await listJobs(deps, { owner: everybody, limit: 20, cursor: next ?? '' });
  page = { next: next ?? '', prev: prev ?? '' };
});
afterAll(async () => {
  await sql?.end();
  await drop?.();
});

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: PlanNode[];
}

const walk = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(walk)];

/** They have few rows, however many jobs there are. */
const smallTables = ['pg_database', 'coverage'];

/** Runs `work`, and gives the nodes of the plans of its statements. */
async function readPlans(work: () => Promise<unknown>): Promise<PlanNode[]> {
  statements.length = 0;
  await work();
  const reads = statements.filter(({ query }) => /\b(jobs|images|thumbnails)\b/.test(query));
  expect(reads).not.toHaveLength(0);
  const plans = await Promise.all(
    reads.map(({ query, params }) =>
      sql.unsafe<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(`explain (format json) ${query}`, params as never[]),
    ),
  );
  return plans.flatMap(([row]) => (row ? walk(row['QUERY PLAN'][0].Plan) : []));
}

/** Finds the tables that `work` reads with a sequential scan. */
async function findScans(work: () => Promise<unknown>): Promise<(string | undefined)[]> {
  const nodes = await readPlans(work);
  const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);
  return scanned.filter((table) => !smallTables.includes(table ?? ''));
}

const queries: [string, () => Promise<unknown>][] = [
  ['the first page of the list', () => listJobs(deps, { owner: everybody, limit: 20 })],
  ['a deep page', () => listJobs(deps, { owner: everybody, limit: 20, cursor: page.next })],
  ['the page before it', () => listJobs(deps, { owner: everybody, limit: 20, cursor: page.prev })],
  ['the first page of one status', () => listJobs(deps, { owner: everybody, limit: 20, status: 'error' })],
  [
    'a deep page of one status',
    () => listJobs(deps, { owner: everybody, limit: 20, status: 'error', cursor: page.next }),
  ],
  [
    'the first page of one error code',
    () => listJobs(deps, { owner: everybody, limit: 20, code: 'storage_unavailable' }),
  ],
  ['retrying the jobs of one error code', () => retryJobs(deps, { owner: everybody, code: 'storage_unavailable' })],
  ['one job', () => getJob(deps, owned(ids.uploaded))],
  ['the jobs of an image', () => getImage(deps, owned(ids.uploaded))],
  ['a batch', () => getBatch(deps, owned(batchId))],
  ['publishing due jobs', () => publishDueJobs(deps)],
  ['claiming a job', () => claimJob(deps, ids.uploaded)],
  ['claiming the next job', () => claimNextJob(deps)],
  ['renewing a lease', () => renewLease(deps, { id: ids.uploaded, run: 1 })],
  ['freeing expired leases', () => freeLeases(deps)],
  ['expiring jobs', () => expireJobs(deps, 7)],
  [
    'the keys that rows name',
    () => findNamed(deps, [originalKey(ids.uploaded), thumbnailKey(ids.processing, 'default', 'a'.repeat(64), 'webp')]),
  ],
  [
    'the search for orphans',
    () => {
      const [from, until] = [new Date(), new Date()];
      const keys = [originalKey(ids.uploaded), thumbnailKey(ids.processing, 'default', 'a'.repeat(64), 'webp')];
      return findOrphans(
        deps,
        keys.map((key) => ({ key, from, until })),
      );
    },
  ],
  ['finishing deletions', () => finishDeletions(deps)],
  [
    'finishing a job',
    () => {
      const finished = { id: ids.uploaded, run: 1, imageId: ids.uploaded, width: 1, height: 1, thumbnails: [] };
      return finishJob(deps, { ...finished, timings: { queuedMs: 0, fetchMs: 0, renderMs: 0, storeMs: 0 } });
    },
  ],
];

test.each(queries)('%s uses an index in a table of many jobs', async (_, query) => {
  expect(await findScans(query)).toEqual([]);
});

test('a claim reads the index of the fair order, also while many jobs wait or are in back-off and statistics are old', async () => {
  await sql`alter table jobs set (autovacuum_enabled = false)`;
  const insert = (values: string) =>
    sql.unsafe(`insert into jobs (id, owner, image_id, specs, fair_start, not_before)
      select uuidv7(), owner, image_id, specs, ${values} from (select * from jobs limit 1) as one, generate_series(1, 5000) as n`);
  const readIndexes = async () => {
    const nodes = await readPlans(() => claimNextJob(deps));
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
    return nodes.flatMap((node) => node['Index Name'] ?? []).filter((name) => !name.endsWith('_pkey'));
  };
  await insert(`now() + n * interval '1 second', now()`);
  expect(await readIndexes()).toEqual(['jobs_fair']);
  await insert(`now() - n * interval '1 second', now() + interval '1 hour'`);
  expect(await readIndexes()).toEqual(['jobs_fair']);
  await sql`analyze jobs`;
  expect(await readIndexes()).toEqual(['jobs_fair']);
});
