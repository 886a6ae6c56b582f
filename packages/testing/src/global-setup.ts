import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';
import type { TestProject } from 'vitest/node';
import { createTemplate } from './create-database.ts';
import { testEnvironment } from './environment.ts';
import { findProgram } from './find-program.ts';
import { readRedisVersion, startRedis } from './start-redis.ts';
import { startS3 } from './start-s3.ts';
import type { TestServices } from './test-services.ts';

/**
 * Starts the services of a test run and provides their addresses to all test files.
 *
 * The returned function stops them and prints which services the run used. If the setup fails, the services that were
 * already started are stopped.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await using started = new AsyncDisposableStack();
  const services = await startServices(started);
  project.provide('services', services);
  const running = started.move();
  return async () => {
    await running.disposeAsync();
    process.stdout.write(`\nReal services: ${services.summary}\n`);
  };
}

async function startServices(started: AsyncDisposableStack): Promise<TestServices> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-test-'));
  started.defer(() => rm(directory, { recursive: true, force: true }));

  const postgres = await openEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: false });
  started.defer(() => postgres.close());

  const { host, port, user, password, database } = postgres;
  const service = { user: 'test_service', password: Bun.randomUUIDv7() };
  const server = { host, port, user, password, database, service };
  const template = await createTemplate(server);

  const ownRedis = testEnvironment.redis ? null : await startRedis();
  if (ownRedis) started.defer(() => ownRedis.stop());
  const redis = testEnvironment.redis ?? ownRedis;
  if (!redis && testEnvironment.requireRealServices)
    throw new Error('No Redis: set REDIS_HOST or install redis-server.');

  const chromium = findProgram('chromium', 'chromium-browser');
  const promtool = findProgram('promtool');

  const ownS3 = testEnvironment.s3 ? null : await startS3();
  if (ownS3) started.defer(() => ownS3.stop());
  const s3 = testEnvironment.s3 ?? ownS3;
  if (!s3) throw new Error('No S3 server could be started.');

  const { endpoint, region, bucket, accessKey, secretKey } = s3;
  return {
    postgres: { ...server, template },
    redis: redis && { host: redis.host, port: redis.port, password: redis.password },
    s3: { endpoint, region, bucket, accessKey, secretKey },
    chromium,
    promtool,
    summary: [
      `Postgres ${postgres.version} (embedded)`,
      redis
        ? `Redis ${await readRedisVersion(redis)} (${ownRedis ? 'redis-server on the PATH' : 'from REDIS_HOST'})`
        : 'no Redis found: its tests were SKIPPED',
      ownS3 ? 'S3: fauxqs (in process)' : 'S3 bucket from S3_BUCKET',
      nameProgram('Chromium', chromium),
      nameProgram('promtool', promtool),
    ].join(', '),
  };
}

const nameProgram = (name: string, path: string | null) => (path ? name : `no ${name} found: its tests were SKIPPED`);
