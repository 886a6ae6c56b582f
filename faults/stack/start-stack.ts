import { join } from 'node:path';
import { createDatabase, type TestDatabase, type TestPostgres } from '@thumbnail-api/testing';
import {
  type App,
  makeBucket,
  type OwnBucket,
  type OwnRedis,
  type S3Access,
  startApp,
  startOwnRedis,
} from '@thumbnail-api/testing/processes';
import postgres from 'postgres';
import { type FaultyProxy, openFaultyProxy } from '../network/faulty-proxy.ts';
import { postgresFaults, type QueueFaults, redisFaults } from './queue-faults.ts';
import { recordTransitions } from './record-transitions.ts';

const repository = join(import.meta.dirname, '../..');

/** What holds the queue. */
export type Backend = 'redis' | 'postgres';

/** Every kind of queue, for `describe.each`. */
export const backends: readonly Backend[] = ['redis', 'postgres'];

/** The proxies between one kind of app and the servers. */
export interface Network {
  postgres: FaultyProxy;
  redis: FaultyProxy | null;
  s3: FaultyProxy;
}

/** How an app is started. */
export interface StartOptions {
  /** In the syntax of `readFailpoints`. Without it, the app starts from its usual main.ts. */
  failpoints?: string;
  environment?: Record<string, string>;
  /** The folder with the sources of another version. */
  sources?: string;
}

/** The servers, proxies and apps of one test. */
export interface Stack {
  backend: Backend;
  /** Connected without a proxy, as `database` and `bucket` are. */
  sql: postgres.Sql;
  database: TestDatabase['config'];
  bucket: OwnBucket;
  redis: OwnRedis | null;
  queue: QueueFaults;
  api: Network;
  worker: Network;
  startApi(options?: StartOptions): Promise<App>;
  startWorker(options?: StartOptions): Promise<App>;
  /** Migrates the database with the version in `sources`, by default this one, and returns the exit status. */
  migrate(sources?: string): Promise<number>;
  /** Runs an operator's command and returns its exit status. */
  runAdmin(...args: string[]): Promise<number>;
  close(): Promise<void>;
}

/**
 * Creates a database, a bucket and proxies, and a Redis server where `backend` needs one. Apps started on the stack get
 * `shared` as further variables. The database has the schema of the version in `sources`, by default this one. The caller
 * closes the stack, which kills its apps.
 *
 * Uploads have a deadline of 8 seconds, because the sweep removes orphans older than twice the deadline.
 */
export async function startStack(
  backend: Backend,
  servers: { postgres: TestPostgres; s3: S3Access },
  shared: Record<string, string> = {},
  sources = repository,
): Promise<Stack> {
  const isOwnSchema = sources === repository;
  const database = await createDatabase(servers.postgres, { migrated: isOwnSchema });
  const { host, port, user, password } = servers.postgres;
  // Version 0.1.0 runs with the role that owns the tables.
  const service = isOwnSchema ? servers.postgres.service : { user, password };
  const sql = postgres({ host, port, user, password, database: database.config.database, max: 3, onnotice: () => {} });
  const redis = backend === 'redis' ? await startOwnRedis() : null;
  const bucket = await makeBucket(servers.s3);
  const s3 = new URL(servers.s3.endpoint ?? 'http://127.0.0.1');
  const openNetwork = async (): Promise<Network> => ({
    postgres: await openFaultyProxy({ host, port }),
    redis: redis && (await openFaultyProxy(redis)),
    s3: await openFaultyProxy({ host: s3.hostname, port: Number(s3.port) }),
  });
  const [api, worker] = [await openNetwork(), await openNetwork()];
  const apps: App[] = [];

  const environment = (network: Network): Record<string, string> => ({
    POSTGRES_HOST: network.postgres.host,
    POSTGRES_PORT: String(network.postgres.port),
    POSTGRES_DB: database.config.database,
    POSTGRES_USER: service.user,
    POSTGRES_PASSWORD: service.password,
    ...(network.redis
      ? { REDIS_HOST: network.redis.host, REDIS_PORT: String(network.redis.port) }
      : { QUEUE: 'postgres' }),
    S3_ENDPOINT: `http://${network.s3.host}:${network.s3.port}`,
    S3_REGION: servers.s3.region,
    S3_BUCKET: bucket.name,
    S3_ACCESS_KEY: servers.s3.accessKey,
    S3_SECRET_KEY: servers.s3.secretKey,
    UPLOAD_DEADLINE_SECONDS: '8',
    // Most tests have no load balancer in front of the API.
    DRAIN_SECONDS: '0',
    WORKER_CONCURRENCY: '1',
    LOG_LEVEL: 'info',
    ...shared,
  });
  const migrate = async (from = repository) => {
    const command = [process.execPath, '--no-env-file', join(from, 'apps/migrate/src/main.ts')];
    const owner = { POSTGRES_MIGRATE_USER: user, POSTGRES_MIGRATE_PASSWORD: password };
    const child = Bun.spawn(command, { env: { ...environment(api), ...owner }, stdout: 'ignore', stderr: 'inherit' });
    return await child.exited;
  };
  if (!isOwnSchema && (await migrate(sources)) !== 0)
    throw new Error(`The database could not be migrated by ${sources}.`);
  await recordTransitions(sql);
  const start = async (name: string, portVariable: string, network: Network, options: StartOptions) => {
    const { failpoints, environment: own, sources: from = repository } = options;
    const program = `apps/${name}/${failpoints === undefined ? 'src' : 'test/failpoints'}/main.ts`;
    const variables = { ...environment(network), ...(failpoints !== undefined && { FAILPOINTS: failpoints }), ...own };
    const app = await startApp({ sources: from, program, portVariable, environment: variables });
    apps.push(app);
    return app;
  };
  return {
    backend,
    sql,
    database: database.config,
    bucket,
    redis,
    queue: redis ? redisFaults(redis) : postgresFaults(sql),
    api,
    worker,
    migrate,
    startApi: (options = {}) => start('backend-api', 'PORT', api, options),
    startWorker: (options = {}) => start('backend-worker', 'WORKER_PORT', worker, options),
    runAdmin: async (...args) => {
      const program = join(import.meta.dirname, '../../apps/admin/src/main.ts');
      const env = { PATH: '/usr/local/bin:/usr/bin:/bin', ...environment(worker) };
      const command = [process.execPath, '--no-env-file', program, ...args];
      return await Bun.spawn(command, { env, stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' }).exited;
    },
    close: async () => {
      await Promise.all(apps.map((app) => app.kill()));
      const proxies = [api, worker].flatMap((network) => [network.postgres, network.redis, network.s3]);
      await Promise.all(proxies.map((proxy) => proxy?.close()));
      await redis?.close();
      await sql.end({ timeout: 2 });
      bucket.close();
      await database.drop();
    },
  };
}
