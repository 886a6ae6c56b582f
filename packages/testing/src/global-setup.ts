import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';
import type { TestProject } from 'vitest/node';
import { testEnvironment } from './environment.ts';
import { findChromium } from './find-chromium.ts';
import { readRedisVersion, startRedis } from './start-redis.ts';
import { startS3 } from './start-s3.ts';
import type { TestServices } from './test-services.ts';

/**
 * Starts the real parts once for a whole run, hands their addresses to every test file, and says at the end what it all
 * ran against.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-test-'));
  const postgres = await openEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: false });
  const started = testEnvironment.redis ? null : await startRedis();
  const redis = testEnvironment.redis ?? started;
  if (!redis && testEnvironment.requireRealServices)
    throw new Error('No Redis: set REDIS_HOST or install redis-server.');
  const chromium = findChromium();
  const startedS3 = testEnvironment.s3 ? null : await startS3();
  const s3 = testEnvironment.s3 ?? startedS3;
  if (!s3) throw new Error('No S3 server could be started.');

  const summary = [
    `Postgres ${postgres.version} (embedded)`,
    redis
      ? `Redis ${await readRedisVersion(redis)} (${started ? 'redis-server on the PATH' : 'named by REDIS_HOST'})`
      : 'no Redis found: its tests were SKIPPED',
    testEnvironment.s3 ? `the S3 bucket named by S3_BUCKET` : 'S3: fauxqs (in process)',
    ...(chromium ? ['Chromium'] : ['no Chromium found: the tests in a browser were SKIPPED']),
  ].join(', ');
  const services: TestServices = {
    postgres: {
      host: postgres.host,
      port: postgres.port,
      user: postgres.user,
      password: postgres.password,
      database: postgres.database,
    },
    redis: redis && { host: redis.host, port: redis.port, password: redis.password },
    s3: {
      endpoint: s3.endpoint,
      region: s3.region,
      bucket: s3.bucket,
      accessKey: s3.accessKey,
      secretKey: s3.secretKey,
    },
    chromium,
    summary,
  };
  project.provide('services', services);

  return async () => {
    await started?.stop();
    await startedS3?.stop();
    await postgres.close();
    await rm(directory, { recursive: true, force: true });
    process.stdout.write(`\nReal services: ${summary}\n`);
  };
}
