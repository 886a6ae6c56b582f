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

/** The two things a queue can stand on. */
export type Backend = 'redis' | 'postgres';

/** The proxies between one kind of program and the servers. */
export interface Network {
  postgres: FaultyProxy;
  redis: FaultyProxy | null;
  s3: FaultyProxy;
}

/** What a program is started with beside its stack. */
export interface StartOptions {
  /** As `readFailpoints` reads them; left out, it is the program that users run. */
  failpoints?: string;
  environment?: Record<string, string>;
}

/** Servers, proxies and a database of one test; programs are started on it. */
export interface Stack {
  backend: Backend;
  sql: postgres.Sql;
  /** The database, past every proxy. */
  database: TestDatabase['config'];
  bucket: OwnBucket;
  redis: OwnRedis | null;
  queue: QueueFaults;
  api: Network;
  worker: Network;
  startApi(options?: StartOptions): Promise<App>;
  startWorker(options?: StartOptions): Promise<App>;
  /** What an app is told. */
  environment(network: Network): Record<string, string>;
  close(): Promise<void>;
}

/** Prepares a stack; whoever starts it closes it. Uploads have 8 s, so that what they leave behind is old soon. */
export async function startStack(
  backend: Backend,
  servers: { postgres: TestPostgres; s3: S3Access },
  shared: Record<string, string> = {},
): Promise<Stack> {
  const database = await createDatabase(servers.postgres);
  const { host, port, user, password } = servers.postgres;
  const sql = postgres({ host, port, user, password, database: database.config.database, max: 3, onnotice: () => {} });
  await recordTransitions(sql);
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
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: password,
    ...(network.redis
      ? { REDIS_HOST: network.redis.host, REDIS_PORT: String(network.redis.port) }
      : { QUEUE: 'postgres' }),
    S3_ENDPOINT: `http://${network.s3.host}:${network.s3.port}`,
    S3_REGION: servers.s3.region,
    S3_BUCKET: bucket.name,
    S3_ACCESS_KEY: servers.s3.accessKey,
    S3_SECRET_KEY: servers.s3.secretKey,
    UPLOAD_DEADLINE_SECONDS: '8',
    WORKER_CONCURRENCY: '1',
    LOG_LEVEL: 'info',
    ...shared,
  });
  const start = async (name: string, portVariable: string, network: Network, options: StartOptions) => {
    const { failpoints, environment: own } = options;
    const program = `apps/${name}/${failpoints === undefined ? 'src' : 'test/failpoints'}/main.ts`;
    const words = { ...environment(network), ...(failpoints !== undefined && { FAILPOINTS: failpoints }), ...own };
    const app = await startApp({ program, portVariable, environment: words });
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
    environment,
    startApi: (options = {}) => start('backend-api', 'PORT', api, options),
    startWorker: (options = {}) => start('backend-worker', 'WORKER_PORT', worker, options),
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
