import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillTables } from '@thumbnail-api/testing';
import { type Figure, toFigure } from '../measure/figure.ts';
import { round } from '../report/text-table.ts';
import { fillDirectory } from '../stack/fill-directory.ts';
import type { Servers } from '../stack/start-servers.ts';
import { startService } from '../stack/start-service.ts';
import { type RowContext, scaled } from './row.ts';

const workers = 4;
const pollMs = 250;
const deadlineMs = 3_600_000;
/** What the row `scale` reaches on the same machine. */
const goal = { atLeast: 880 };

/**
 * Jobs per second that expire, with their images and objects in a directory: how fast they are marked as deleted, and how
 * fast objects and rows go once the grace time is over.
 */
export async function deletion(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-objects-'));
  const count = scaled(context, 100_000);
  await servers.sql`truncate jobs, images cascade`;
  await fillTables(servers.sql, { from: 1, to: count });
  await servers.sql`delete from jobs where finished_at is null`;
  await servers.sql`delete from images where id not in (select image_id from jobs)`;
  await servers.sql`update jobs set finished_at = finished_at - interval '3 days'`;
  await servers.sql`vacuum analyze jobs, images`;
  await fillDirectory(servers.sql, directory);

  const service = await startService(withDirectory(servers, directory), {
    workers,
    concurrency: 1,
    workerProgram: 'apps/backend-worker/test/no-op-render/main.ts',
  });
  const marked = await measure(servers, ({ live }) => live);
  const removed = await measure(servers, ({ rows }) => rows);
  await service.close();
  const left = (await readdir(join(directory, 'objects'), { recursive: true })).filter(isOfAnImage);
  if (left.length > 0) throw new Error(`${left.length} objects are left`);
  await rm(directory, { recursive: true, force: true });
  context.note(
    `${workers} workers, ${count} jobs: marked in ${round(marked.seconds)} s, removed in ${round(removed.seconds)} s`,
  );
  const name = { row: 'deletion', unit: 'jobs/s', comparison: 'value', goal } as const;
  return [
    toFigure({ ...name, what: 'expired jobs marked as deleted' }, [{ subject: marked.perSecond, baseline: null }]),
    toFigure({ ...name, what: 'objects and rows removed' }, [{ subject: removed.perSecond, baseline: null }]),
  ];
}

/** Deletion markers stay, for as long as backups do. */
const isOfAnImage = (path: string) => /^(originals|thumbnails)\/./.test(path);

/** Points the apps to a directory instead of the bucket. */
function withDirectory(servers: Servers, directory: string): Servers {
  const environment = Object.entries(servers.environment).filter(([name]) => !name.startsWith('S3_'));
  return {
    ...servers,
    environment: { ...Object.fromEntries(environment), STORAGE_DIR: directory, RETENTION_DAYS: '1' },
  };
}

/** What is left. */
interface Left {
  /** Jobs that are not marked as deleted. */
  live: number;
  /** Rows of jobs or of images, whichever are more. */
  rows: number;
}

/** Measures from the first change of a count until it is 0. */
async function measure(
  { sql }: Servers,
  pick: (left: Left) => number,
): Promise<{ seconds: number; perSecond: number }> {
  const read = async () => {
    const [left] = await sql<Left[]>`
      select (select count(*)::int from jobs where deleted_at is null) as live,
        greatest((select count(*)::int from jobs), (select count(*)::int from images)) as rows`;
    return left ? pick(left) : 0;
  };
  const first = await read();
  let startedAt = performance.now();
  const deadline = startedAt + deadlineMs;
  for (let left = first; left > 0; left = await read()) {
    if (performance.now() > deadline) throw new Error(`${left} are left`);
    if (left === first) startedAt = performance.now();
    await Bun.sleep(pollMs);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  return { seconds, perSecond: first / seconds };
}
