import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';
import { createDatabase, type TestDatabase } from '@thumbnail-api/testing';
import { makeBucket, type OwnRedis, startOwnRedis } from '@thumbnail-api/testing/processes';
import postgres from 'postgres';
import { readCpuMs } from '../measure/cpu.ts';
import { startStore } from './start-store.ts';

/** CPU time that each server has used since its start, in milliseconds. */
export interface ServerUse {
  store: number;
  database: number;
  queue: number;
}

/** The servers of a run, durable and in processes of their own, as in production. */
export interface Servers {
  sql: postgres.Sql;
  database: TestDatabase['config'];
  redis: OwnRedis;
  /** The variables that point an app to the servers. */
  environment: Record<string, string>;
  /** Product and version, for the report. */
  names: Record<keyof ServerUse, string>;
  readUse(): Promise<ServerUse>;
  close(): Promise<void>;
}

/** Starts Postgres, Redis and an S3 server, with an empty database and an empty bucket. The caller closes them. */
export async function startServers(): Promise<Servers> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-'));
  const server = await openEmbeddedPostgres({ directory });
  const postmaster = Number.parseInt(await readFile(join(directory, 'cluster/data/postmaster.pid'), 'utf8'), 10);
  const { config, drop } = await createDatabase(server);
  const { host, port, user, password } = server;
  const sql = postgres({ host, port, user, password, database: config.database, max: 4, onnotice: () => undefined });
  const redis = await startOwnRedis(['--appendonly', 'yes', '--maxmemory-policy', 'noeviction']);
  process.once('exit', () => redis.signal('SIGKILL'));
  const store = await startStore();
  const bucket = await makeBucket(store.access);
  const redisInfo = async (section: string) => String(await redis.command('INFO', section));
  return {
    sql,
    database: config,
    redis,
    environment: {
      POSTGRES_HOST: host,
      POSTGRES_PORT: String(port),
      POSTGRES_DB: config.database,
      POSTGRES_USER: server.service.user,
      POSTGRES_PASSWORD: server.service.password,
      REDIS_HOST: redis.host,
      REDIS_PORT: String(redis.port),
      S3_ENDPOINT: store.access.endpoint,
      S3_REGION: store.access.region,
      S3_BUCKET: bucket.name,
      S3_ACCESS_KEY: store.access.accessKey,
      S3_SECRET_KEY: store.access.secretKey,
    },
    names: {
      store: store.name,
      database: `Postgres ${server.version}`,
      queue: `Redis ${/redis_version:(\S+)/.exec(await redisInfo('server'))?.[1]}`,
    },
    async readUse() {
      const used = [...(await redisInfo('cpu')).matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)];
      return {
        store: readCpuMs([store.pid]),
        database: readCpuMs([postmaster]),
        queue: used.reduce((sum, [, seconds]) => sum + Number(seconds) * 1_000, 0),
      };
    },
    async close() {
      bucket.close();
      await sql.end({ timeout: 2 });
      await store.stop();
      await redis.close();
      await drop();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
