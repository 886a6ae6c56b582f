import { images, jobs, thumbnails } from '@thumbnail-api/db';
import { originalKey } from '@thumbnail-api/storage';
import { asc, eq, gt, inArray, type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** An object that a row names. */
export interface NamedObject {
  key: string;
  bytes: number;
}
/** The objects that rows name, in two tables. */
export type ObjectKind = 'originals' | 'thumbnails';

type RowDeps = Pick<JobsDeps, 'database'>;
const pageMax = 500;
/** A sample reads this many times the rows that it needs, at random pages of the table. */
const oversampling = 20;

/** Yields all objects that rows name, sorted by key; those of deleted rows too, with `isDeleted`. */
export async function* readRows(
  deps: RowDeps,
  kind: ObjectKind,
): AsyncGenerator<NamedObject & { isDeleted: boolean }, void> {
  const readPage = kind === 'originals' ? readImages : readThumbnails;
  let after: string | null = '00000000-0000-0000-0000-000000000000';
  while (after !== null) {
    const page: RowPage = await readPage(deps, after);
    yield* page.rows;
    after = page.last;
  }
}

interface RowPage {
  rows: (NamedObject & { isDeleted: boolean })[];
  last: string | null;
}

async function readImages({ database }: RowDeps, after: string): Promise<RowPage> {
  const { id, bytes, deletedAt } = images;
  const rows = await database.run((executor) =>
    executor.select({ id, bytes, deletedAt }).from(images).where(gt(id, after)).orderBy(asc(id)).limit(pageMax),
  );
  const named = rows.map((row) => ({ key: originalKey(row.id), bytes: row.bytes, isDeleted: row.deletedAt !== null }));
  return { rows: named, last: rows.length === pageMax ? (rows.at(-1)?.id ?? null) : null };
}

async function readThumbnails({ database }: RowDeps, after: string): Promise<RowPage> {
  return await database.run(async (executor) => {
    const page = await executor
      .selectDistinct({ id: thumbnails.jobId })
      .from(thumbnails)
      .where(gt(thumbnails.jobId, after))
      .orderBy(asc(thumbnails.jobId))
      .limit(pageMax);
    const ids = page.map(({ id }) => id);
    const rows = await executor
      .select({ key: thumbnails.key, bytes: thumbnails.bytes, deletedAt: jobs.deletedAt })
      .from(thumbnails)
      .innerJoin(jobs, eq(jobs.id, thumbnails.jobId))
      .where(inArray(thumbnails.jobId, ids))
      .orderBy(sql`${thumbnails.key} collate "C"`);
    const named = rows.map(({ key, bytes, deletedAt }) => ({ key, bytes, isDeleted: deletedAt !== null }));
    return { rows: named, last: ids.length === pageMax ? (ids.at(-1) ?? null) : null };
  });
}

/** Returns the objects of `count` rows at random. */
export async function sampleRows({ database }: RowDeps, kind: ObjectKind, count: number): Promise<NamedObject[]> {
  const percent = (table: string): SQL => sql`(
    select case when reltuples <= 0 then 100 else least(100, 100.0 * ${count * oversampling} / reltuples) end
    from pg_class where oid = to_regclass(${table}))`;
  const rows = await database.run((executor) =>
    executor.execute(
      kind === 'originals'
        ? sql`select 'originals/' || id as key, bytes from images tablesample system (${percent('images')})
            where deleted_at is null order by random() limit ${count}`
        : sql`select key, bytes from thumbnails tablesample system (${percent('thumbnails')})
            where exists (select from jobs where id = job_id and deleted_at is null) order by random() limit ${count}`,
    ),
  );
  return rows.map(({ key, bytes }) => ({ key: String(key), bytes: Number(bytes) }));
}

/** Counts the rows, for a progress bar. */
export async function countRows({ database }: RowDeps): Promise<number> {
  const [row] = await database.run((executor) =>
    executor.execute(sql`select (select count(*) from images) + (select count(*) from thumbnails) as count`),
  );
  return Number(row?.count);
}
