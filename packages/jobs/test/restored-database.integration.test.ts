import { originalKey } from '@thumbnail-api/storage';
import { owned } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CoverageHeartbeat,
  deleteImage,
  deleteJob,
  getJob,
  type Job,
  registerInstallation,
  sweepObjects,
} from '../src/index.ts';
import { openRestorableJobs, type RestorableJobs } from './restorable-jobs.ts';

const settings = { retentionDays: 0, searchEverySeconds: 0 };
const uploadDeadlineMs = 120_000;
/** Long enough for an orphan to be judged. */
const judged = 300;
let jobs: RestorableJobs;
beforeEach(async () => {
  jobs = await openRestorableJobs();
  await registerInstallation(jobs.deps, { uploadDeadlineMs });
  await jobs.live(60);
});
afterEach(() => jobs.close());

const upload = (count: number) => Promise.all(Array.from({ length: count }, () => jobs.create()));
const walk = async () => {
  for (let pass = 0; pass < 3; pass += 1) await sweepObjects(jobs.deps, settings);
};
const originalsOf = (accepted: Job[]) => accepted.map(({ image }) => originalKey(image.id)).sort();
const originals = async () => (await jobs.keys()).filter((key) => key.startsWith('originals/'));
const putOrphan = async () => {
  const key = originalKey(Bun.randomUUIDv7());
  await jobs.deps.store.put(key, new Uint8Array(1), 'image/png');
  return key;
};
const wholeDatabase = [
  ...['installation', 'coverage', 'sweep_leases', 'images', 'batches', 'jobs', 'thumbnails', 'idempotency_keys'],
];

const restores: [string, (backup: string) => Promise<void>][] = [
  ['as a copy on the same server', (backup) => jobs.restore(backup)],
  ['by truncating and filling every table', (backup) => jobs.restoreTables(backup, wholeDatabase, 'truncate')],
  ['by deleting and inserting every row', (backup) => jobs.restoreTables(backup, wholeDatabase, 'delete')],
  ['in part, only images and jobs', (backup) => jobs.restoreTables(backup, ['images', 'jobs'], 'truncate')],
];

describe.each(restores)('a database that is restored %s', (_, restore) => {
  test('erases none of 30 images that were accepted after its backup', async () => {
    const before = await upload(5);
    await jobs.live(30);
    await walk();
    const backup = await jobs.backUp();
    const after = await upload(30);
    await restore(backup);
    await jobs.live(judged);
    await walk();
    expect(await originals()).toEqual(originalsOf([...before, ...after]));
    const orphan = await putOrphan();
    await jobs.live(judged);
    await walk();
    expect(await originals()).not.toContain(orphan);
    expect(await originals()).toEqual(originalsOf([...before, ...after]));
  });

  test('erases nothing when heartbeats and walks went on until the restore', async () => {
    const backup = await jobs.backUp();
    const after = await upload(3);
    await jobs.live(judged);
    await walk();
    await restore(backup);
    await jobs.live(judged);
    await walk();
    expect(await originals()).toEqual(originalsOf(after));
  });

  test('keeps deleted what was deleted after its backup', async () => {
    const [job, image, kept] = (await upload(3)) as [Job, Job, Job];
    await jobs.live(30);
    const backup = await jobs.backUp();
    await deleteJob(jobs.deps, owned(job.id));
    await deleteImage(jobs.deps, owned(image.image.id));
    await jobs.live(judged);
    await restore(backup);
    await jobs.live(30);
    for (const { id } of [job, image])
      await expect(getJob(jobs.deps, owned(id))).rejects.toMatchObject({ code: 'not_found' });
    expect(await getJob(jobs.deps, owned(kept.id))).toMatchObject({ id: kept.id });
    expect(await originals()).toEqual(originalsOf([kept]));
  });
});

test('a database that is continuously covered quarantines its orphans', async () => {
  const accepted = await upload(2);
  const orphan = await putOrphan();
  await jobs.live(judged);
  await walk();
  expect(await originals()).toEqual(originalsOf(accepted));
  expect(await jobs.keys()).toContain(`orphans/${orphan}`);
});

test('a restart of all processes within a minute is no gap', async () => {
  const orphan = await putOrphan();
  await jobs.live(90);
  await jobs.pass(50);
  await jobs.live(judged);
  await walk();
  expect(await originals()).not.toContain(orphan);
});

test('a pause of all processes keeps what was stored around it', async () => {
  const [before, during] = [await putOrphan(), await putOrphan()];
  await jobs.live(90);
  await jobs.pass(61);
  await jobs.live(judged);
  await walk();
  expect(await originals()).toEqual([before, during].sort());
});

test('a promoted standby that lags erases nothing', async () => {
  const before = await upload(1);
  await jobs.live(30);
  const lost = await upload(3);
  // The standby has the heartbeats, and not the rows. It is another server with another timeline.
  await jobs.sql(sql`delete from jobs where id <> ${before[0]?.id}`);
  await jobs.sql(sql`delete from images where id <> ${before[0]?.image.id}`);
  await jobs.sql(sql`
    update coverage set server = split_part(server, '|', 1) || '|00000009/1@' || pg_current_xact_id()::xid::text`);
  await jobs.live(judged);
  await walk();
  expect(await originals()).toEqual(originalsOf([...before, ...lost]));
});

test('a heartbeat that goes backwards is a gap, also within seconds', async () => {
  const heartbeat = new CoverageHeartbeat(jobs.deps);
  await heartbeat.beat();
  await heartbeat.beat();
  // As if the memory of the server had been rolled back: its run is the same, and its rows are older.
  await jobs.sql(sql`
    update coverage set started_at = started_at - interval '2 seconds', ended_at = ended_at - interval '2 seconds',
      server = split_part(server, '@', 1) || '@' || pg_current_xact_id()::xid::text`);
  await heartbeat.beat();
  const rows = await jobs.sql(
    sql`select range_agg(tstzrange(started_at, ended_at, '[]'))::text as spans from coverage`,
  );
  expect(String(rows[0]?.spans).match(/\[/g)).toHaveLength(2);
});
