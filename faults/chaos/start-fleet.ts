import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';
import { startS3, testEnvironment, waitUntil } from '@thumbnail-api/testing';
import postgresJs from 'postgres';
import { type Forgotten, forgetNothing } from '../checker/check-history.ts';
import { openRoundRobinProxy, type RoundRobinProxy } from '../network/round-robin-proxy.ts';
import { sendImage, type Upload } from '../stack/send-image.ts';
import { type Backend, type Stack, startStack } from '../stack/start-stack.ts';
import { checkOut, previousVersion } from '../upgrade/old-version.ts';
import { type SupervisedApp, superviseApp } from './supervise-app.ts';

/** Two APIs behind a proxy, and two workers, on their own servers. */
export interface Fleet {
  stack: Stack;
  /** An upload from before any disruption. */
  firstUpload: Upload;
  apis: readonly [SupervisedApp, SupervisedApp];
  workers: readonly [SupervisedApp, SupervisedApp];
  /**
   * Makes the second API and the second worker start from the sources of the version before this one, or from this one's
   * again. What runs already goes on.
   */
  useVersion(version: 'previous' | 'own'): void;
  /** In front of both APIs. */
  proxy: RoundRobinProxy;
  /** What restores of the database have lost until now. */
  forgotten: Forgotten;
  /** What the S3 server is, for the report. */
  s3Name: string;
  /** Stops Postgres at once, as `pg_ctl -m immediate` does. It restarts by itself. */
  stopPostgres(): Promise<void>;
  /** Runs statements one after another on another database of the same server. */
  runOnServer(...statements: string[]): Promise<void>;
  close(): Promise<void>;
}

/** Which fleet to start. */
export interface FleetOptions {
  /** Whether {@link Fleet.useVersion} will be called: it needs the sources of the version before this one. */
  hasPreviousVersion: boolean;
}

/** Starts a fleet. The S3 server is the one that the environment names, or an emulator. The caller closes the fleet. */
export async function startFleet(backend: Backend, { hasPreviousVersion }: FleetOptions): Promise<Fleet> {
  const previous = hasPreviousVersion ? await checkOut(previousVersion) : null;
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-chaos-'));
  // Durable, because an immediate stop must not lose commits.
  const postgres = await openEmbeddedPostgres({ directory: join(directory, 'postgres') });
  const emulator = testEnvironment.s3 ? null : await startS3();
  const s3 = testEnvironment.s3 ?? emulator;
  if (!s3) throw new Error('no S3 server');
  const stack = await startStack(backend, { postgres, s3 });
  const proxy = await openRoundRobinProxy();
  let sources: { sources?: string } = {};
  const startBehindProxy = async (version: { sources?: string }) => {
    // As long as a probe of the proxy takes to notice the end.
    const app = await stack.startApi({ environment: { DRAIN_SECONDS: '2' }, ...version });
    proxy.add(app);
    app.exited.then(() => proxy.remove(app));
    return app;
  };
  const [api, secondApi, worker, secondWorker] = await Promise.all([
    superviseApp(() => startBehindProxy({})),
    superviseApp(() => startBehindProxy(sources)),
    superviseApp(() => stack.startWorker()),
    superviseApp(() => stack.startWorker(sources)),
  ]);
  const firstUpload = await sendImage(api.current());
  // The sweep removes only orphans that are newer than its first complete scan of the bucket.
  await waitUntil('the first scan of the bucket has ended', async () =>
    (await stack.bucket.keys()).some((key) => key.endsWith('/since')),
  );
  return {
    stack,
    firstUpload,
    apis: [api, secondApi],
    workers: [worker, secondWorker],
    useVersion: (version) => {
      sources = version === 'previous' && previous ? { sources: previous.directory } : {};
    },
    proxy,
    forgotten: forgetNothing(),
    s3Name: emulator ? 'fauxqs' : `the server at ${s3.endpoint}`,
    stopPostgres: async () => {
      const file = await readFile(join(directory, 'postgres/cluster/data/postmaster.pid'), 'utf8');
      process.kill(Number.parseInt(file, 10), 'SIGQUIT');
    },
    runOnServer: async (...statements) => {
      const { host, port, user, password, database } = postgres;
      const sql = postgresJs({ host, port, user, password, database, max: 1, onnotice: () => undefined });
      try {
        for (const statement of statements) await sql.unsafe(statement);
      } finally {
        await sql.end({ timeout: 2 });
      }
    },
    close: async () => {
      for (const app of [api, secondApi, worker, secondWorker]) app.release();
      await proxy.close();
      await stack.close();
      await emulator?.stop();
      await postgres.close();
      await rm(directory, { recursive: true, force: true });
      await previous?.remove();
    },
  };
}
