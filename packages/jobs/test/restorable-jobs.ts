import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, everybody, openDatabase } from '@thumbnail-api/db';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, drawQuarters, sourceOf } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { type SQL, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { inject } from 'vitest';
import { CoverageHeartbeat, createJob, type Job, type JobsDeps } from '../src/index.ts';
import { limits } from './open-test-jobs.ts';
import { openTestStore } from './test-store.ts';

/** A service whose database can be copied and replaced by a copy, on the same server. */
export interface RestorableJobs {
  deps: JobsDeps;
  create: () => Promise<Job>;
  sql: (statement: SQL) => Promise<Record<string, unknown>[]>;
  keys: () => Promise<string[]>;
  /** Makes the objects and the recorded coverage older, without a process that runs meanwhile. */
  pass: (seconds: number) => Promise<void>;
  /** Lets time pass while a process records its heartbeats. */
  live: (seconds: number) => Promise<void>;
  /** Copies the database and returns the name of the copy. */
  backUp: () => Promise<string>;
  /** Replaces the database by a copy, which stays usable. */
  restore: (backup: string) => Promise<void>;
  /** Replaces the rows of some tables by those of a copy, and leaves the other tables alone. */
  restoreTables: (backup: string, tables: readonly string[], how: 'truncate' | 'delete') => Promise<void>;
  close: () => Promise<void>;
}

/** Shorter than the pause that is a gap. */
const stepSeconds = 30;

const image = await drawQuarters(20, 10);

/** Opens the service. The caller closes it. */
export async function openRestorableJobs(): Promise<RestorableJobs> {
  const server = inject('services').postgres;
  const testDatabase = await createDatabase(server);
  const name = testDatabase.config.database;
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-restore-'));
  const { store, ageObjects } = await openTestStore('filesystem', directory);
  const { host, port, user, password } = server;
  const connect = (database: string) =>
    postgres({ host, port, user, password, database, max: 1, onnotice: () => undefined });
  const admin = connect(server.database);
  /** How long ago each backup was made, in the time that the tests let pass. */
  const backups = new Map<string, number>();
  let passedSeconds = 0;

  let current = openDatabase(testDatabase.config, 4);
  /** Runs `work` while nothing is connected to the database. */
  const whileClosed = async (work: () => Promise<void>) => {
    await current.close();
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
    await work();
    current = openDatabase(testDatabase.config, 4);
  };
  const database: Database = {
    run: (work) => current.run(work),
    transaction: (work) => current.transaction(work),
    commit: (statement) => current.commit(statement),
    readClock: (maxAgeMs) => current.readClock(maxAgeMs),
    listen: (...call) => current.listen(...call),
    check: () => current.check(),
    checkWrites: () => current.checkWrites(),
    close: () => current.close(),
  };
  const publisher = {
    publish: async () => undefined,
    publishAll: async () => undefined,

    count: async () => 0,
    countWaiting: async () => 0,
    check: async () => undefined,
    close: async () => undefined,
  };
  const deps: JobsDeps = { database, store, publisher, log: createLogger('test', 'silent') };
  const pass = async (seconds: number) => {
    passedSeconds += seconds;
    await ageObjects(seconds);
    await database.run((executor) => executor.execute(ageCoverage(seconds)));
  };
  const ageRestored = async (backup: string) => {
    const seconds = passedSeconds - (backups.get(backup) ?? 0);
    await database.run((executor) => executor.execute(ageCoverage(seconds)));
  };
  /** Aging rewrites the rows of coverage, so each step needs a new process. */
  const beat = async () => {
    const heartbeat = new CoverageHeartbeat(deps);
    await heartbeat.beat();
    await heartbeat.beat();
  };
  return {
    deps,
    create: () => {
      const specs = async () => parseOptions({}, shippedPresets);
      const body = sourceOf(image);
      return createJob(deps, { owner: everybody, filename: 'a.png', body, specs }, limits);
    },
    sql: async (statement) => [...(await database.run((executor) => executor.execute(statement)))],
    keys: async () => (await store.list('', { limit: 1_000 })).map(({ key }) => key),
    pass,
    live: async (seconds) => {
      await beat();
      for (let passed = 0; passed < seconds; passed += stepSeconds) {
        await pass(stepSeconds);
        await beat();
      }
    },
    backUp: async () => {
      const copy = `test_${Bun.randomUUIDv7().replaceAll('-', '')}`;
      backups.set(copy, passedSeconds);
      await whileClosed(async () => void (await admin.unsafe(`create database ${copy} template ${name}`)));
      return copy;
    },
    restore: async (backup) => {
      await whileClosed(async () => {
        await admin.unsafe(`drop database ${name} with (force)`);
        await admin.unsafe(`create database ${name} template ${backup}`);
      });
      await ageRestored(backup);
    },
    restoreTables: async (backup, tables, how) => {
      const [from, to] = [connect(backup), connect(name)];
      if (how === 'truncate') await to.unsafe(`truncate ${tables.join(', ')} cascade`);
      else for (const table of tables.toReversed()) await to.unsafe(`delete from ${table}`);
      for (const table of tables) {
        const [rows] = await from.unsafe(`select coalesce(json_agg(${table}), '[]')::text as json from ${table}`);
        const json = String(rows?.json);
        await to.unsafe(`insert into ${table} select * from json_populate_recordset(null::${table}, $1::text::json)`, [
          json,
        ]);
      }
      await Promise.all([from.end({ timeout: 1 }), to.end({ timeout: 1 })]);
      if (tables.includes('coverage')) await ageRestored(backup);
    },
    close: async () => {
      await current.close();
      for (const backup of backups.keys()) await admin.unsafe(`drop database if exists ${backup} with (force)`);
      await admin.end({ timeout: 1 });
      await testDatabase.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Makes the recorded coverage older, as the objects. It signs what was signed, since aging must not look like a restore. */
const ageCoverage = (seconds: number): SQL => sql`
  update coverage set
    started_at = started_at - ${seconds} * interval '1 second',
    ended_at = ended_at - ${seconds} * interval '1 second',
    server = split_part(server, '@', 1) || '@' || case when split_part(server, '@', 2) = xmin::text
      then pg_current_xact_id()::xid::text else 'restored' end`;
