import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@thumbnail-api/db';
import { imageMediaTypes } from '@thumbnail-api/image-probe';
import { type JobEnds, type JobsDeps, openJobEnds } from '@thumbnail-api/jobs';
import { openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { openStore } from '@thumbnail-api/storage';
import { createLogger, watchDependencies } from '@thumbnail-api/telemetry';
import { createDatabase } from '@thumbnail-api/testing';
import { shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { inject } from 'vitest';
import { openMemoryCounter } from '../src/access/usage/memory-counter.ts';
import type { UsageCounter } from '../src/access/usage/usage-counter.ts';
import { createApp } from '../src/app.ts';
import type { ApiDeps } from '../src/deps.ts';
import { type Paths, paths } from '../src/http/paths.ts';
import { createApiMetrics } from '../src/operations/api-metrics.ts';
import { dependencyChecks } from '../src/operations/dependency-checks.ts';

/** An API in this process, with its own database, queue and directory. */
export interface TestApi {
  deps: JobsDeps & { ends: JobEnds };
  request: (path: string, init?: RequestInit) => Promise<Response>;
  /** The app itself, for tests that start a server. */
  app: ReturnType<typeof createApp>;
  /** Posts a form with one file and options. */
  post: (file: Blob | Uint8Array<ArrayBuffer>, options?: Record<string, string>) => Promise<Response>;
  /** The names of all stored files, sorted; markers of deletions are left out. */
  storedKeys: () => Promise<string[]>;
  close: () => Promise<void>;
}

const mebibyte = 1024 ** 2;

/** Opens a test API with the given overrides. The caller closes it. */
export async function openTestApi(
  overrides: Partial<JobsDeps & { ends: JobEnds; counter: UsageCounter }> & {
    config?: Partial<ApiDeps['config']>;
    paths?: Paths;
    isDraining?: () => boolean;
  } = {},
): Promise<TestApi> {
  const testDatabase = await createDatabase(inject('services').postgres);
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-objects-'));
  const log = createLogger('test', 'silent');
  const database = openDatabase(testDatabase.service, 4);
  const store = openStore({ kind: 'filesystem', directory });
  const queue = { kind: 'postgres', name: 'test' } as const;
  const publisher = openPublisher({ queue, postgres: testDatabase.service }, renderJobMessage, log, 30_000);
  const ends = openJobEnds({ database, log });
  const counter = openMemoryCounter(60_000);
  const deps = { database, store, publisher, log, ends, counter, ...overrides };
  const config = {
    access: { auth: 'none', linkSecrets: [] } as ApiDeps['config']['access'],
    links: { publicUrl: undefined, trustProxyHops: 0, trustProxyHeader: 'x-forwarded' as const },
    corsOrigins: [] as string[],
    allowedHosts: [] as string[],
    upload: { maxBytes: 2 * mebibyte, deadlineMs: 60_000, concurrency: 4 },
    batches: { maxFiles: 20, maxBytes: 8 * mebibyte },
    images: { types: imageMediaTypes, maxPixels: 50_000_000, maxOutputPixels: 32_000_000 },
    presets: shippedPresets,
    rateLimits: { requests: 0, bytes: 0, renderSeconds: 0, windowSeconds: 60 },
    bounds: { unfinishedJobs: 0, storedBytes: 0, eventStreams: 0 },
    downloads: { redirect: false, publicEndpoint: undefined },
    metrics: { token: undefined, isOpen: true },
    ...overrides.config,
  };
  const dependencies = watchDependencies(dependencyChecks(deps), deps.log);
  const { isDraining = () => false } = overrides;
  const app = createApp({ paths, metrics: createApiMetrics(), ...deps, dependencies, config, isDraining });
  const request = async (path: string, init?: RequestInit) => app.request(`http://localhost${path}`, init);
  return {
    deps,
    request,
    app,
    post: (file, options = {}) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(options)) form.append(name, value);
      form.append('file', file instanceof Blob ? file : new Blob([file]), 'cat.png');
      return request('/jobs', { method: 'POST', body: form });
    },
    storedKeys: async () => {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('/deletions'))
        .map((entry) => entry.name)
        .sort();
    },
    close: async () => {
      await deps.ends.close();
      await ends.close();
      await publisher.close();
      await database.close();
      await testDatabase.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
