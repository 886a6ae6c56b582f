import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresConfig } from '@thumbnail-api/config';
import { type Database, everybody, openDatabase } from '@thumbnail-api/db';
import { imageMediaTypes } from '@thumbnail-api/image-probe';
import { openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { deletionsPrefix, type ObjectStore } from '@thumbnail-api/storage';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, drawQuarters, sourceOf } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { type SQL, sql } from 'drizzle-orm';
import { inject } from 'vitest';
import { createJob, type Job, type JobsDeps } from '../src/index.ts';
import { openTestStore } from './test-store.ts';

/** The upload limits of these tests. */
export const limits = {
  uploadMaxBytes: 1024 ** 2,
  types: imageMediaTypes,
  maxPixels: 50_000_000,
  maxOutputPixels: 32_000_000,
  uploadDeadlineMs: 120_000,
};

/** Dependencies on a database, a queue and a store of their own. */
export interface TestJobs extends JobsDeps {
  /** For further connections to the database. */
  config: PostgresConfig;
  /** Creates a job from a small image. */
  create: (overrides?: Partial<JobsDeps>) => Promise<Job>;
  /** Moves a time of a job into the past. */
  age: (column: string, seconds: number, id: string) => Promise<void>;
  /** Makes every object in the store older. */
  ageObjects: (seconds: number) => Promise<void>;
  /** Lists every key in the store, except those of deletion markers. */
  keys: () => Promise<string[]>;
  /** Counts the rows of a table. */
  count: (table: 'images' | 'jobs' | 'thumbnails' | 'idempotency_keys') => Promise<number>;
  /** Runs a statement as the owner of the tables. */
  sql: (statement: SQL) => Promise<Record<string, unknown>[]>;
  close: () => Promise<void>;
}

/** The store to use; `shared` is one that is open already. */
export type StoreChoice = 'filesystem' | 's3' | { shared: ObjectStore };

/** Opens the dependencies. The caller closes them. */
export async function openTestJobs(choice: StoreChoice = 'filesystem'): Promise<TestJobs> {
  const testDatabase = await createDatabase(inject('services').postgres);
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-objects-'));
  const log = createLogger('test', 'silent');
  const database: Database = openDatabase(testDatabase.service, 8);
  const { store, ageObjects } = await openTestStore(choice, directory);
  const owner = openDatabase(testDatabase.config, 2);
  const queue = { kind: 'postgres', name: 'test' } as const;
  const publisher = openPublisher({ queue, postgres: testDatabase.service }, renderJobMessage, log, 30_000);
  const deps: JobsDeps = { database, store, publisher, log };
  const image = await drawQuarters(20, 10);
  return {
    ...deps,
    config: testDatabase.config,
    create: (overrides = {}) => {
      const specs = async () => parseOptions({}, shippedPresets);
      const body = sourceOf(image);
      return createJob({ ...deps, ...overrides }, { owner: everybody, filename: 'a.png', body, specs }, limits);
    },
    age: async (column, seconds, id) => {
      const name = sql.identifier(column);
      await database.run((executor) =>
        executor.execute(sql`update jobs set ${name} = ${name} - ${seconds} * interval '1 second' where id = ${id}`),
      );
    },
    ageObjects,
    keys: async () => {
      const found = await store.list('', { limit: 1_000 });
      return found.map(({ key }) => key).filter((key) => !key.startsWith(deletionsPrefix));
    },
    count: async (table) => {
      const rows = await database.run((executor) =>
        executor.execute(sql`select count(*)::int as count from ${sql.identifier(table)}`),
      );
      return Number(rows[0]?.count);
    },
    sql: async (statement) => [...(await owner.run((executor) => executor.execute(statement)))],
    close: async () => {
      await publisher.close();
      await Promise.all([database.close(), owner.close()]);
      await testDatabase.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
