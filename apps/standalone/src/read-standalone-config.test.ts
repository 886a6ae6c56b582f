import { ConfigError } from '@thumbnail-api/config';
import { expect, test } from 'vitest';
import { readStandaloneConfig } from './read-standalone-config.ts';

const read = (environment: Record<string, string>) => readStandaloneConfig(environment, '/srv');

const issuesOf = (environment: Record<string, string>): string[] => {
  try {
    read(environment);
  } catch (error) {
    return error instanceof ConfigError ? error.issues : [String(error)];
  }
  return [];
};

const s3 = { S3_BUCKET: 'images' };
const bucket = { kind: 's3', bucket: 'images', region: 'us-east-1', endpoint: undefined, credentials: undefined };
const files = { kind: 'filesystem', directory: '/srv/.data/objects' };

test('an empty environment embeds everything below ./.data', () => {
  expect(read({})).toMatchObject({
    dataDirectory: '/srv/.data',
    api: { host: '127.0.0.1', port: 8080 },
    worker: { host: '127.0.0.1', port: 8181 },
    postgres: 'embedded',
    queue: { kind: 'postgres' },
    storage: files,
  });
});

test.each([
  [{}, 'embedded', 'postgres', files],
  [{ POSTGRES_HOST: 'db' }, { host: 'db' }, 'postgres', files],
  [{ REDIS_HOST: 'redis' }, 'embedded', 'redis', files],
  [s3, 'embedded', 'postgres', bucket],
  [{ POSTGRES_HOST: 'db', REDIS_HOST: 'redis' }, { host: 'db' }, 'redis', files],
  [{ POSTGRES_HOST: 'db', ...s3 }, { host: 'db' }, 'postgres', bucket],
  [{ REDIS_HOST: 'redis', ...s3 }, 'embedded', 'redis', bucket],
  [{ POSTGRES_HOST: 'db', REDIS_HOST: 'redis', ...s3 }, { host: 'db' }, 'redis', bucket],
])('%o: each service is external if it is named, in any combination', (environment, postgres, kind, storage) => {
  const config = read(environment);
  expect([config.postgres]).toMatchObject([postgres]);
  expect(config).toMatchObject({ queue: { kind }, storage });
});

test('database names, users and passwords alone select no external service', () => {
  const environment = {
    POSTGRES_DB: 'thumbnails',
    POSTGRES_USER: 'thumbnails',
    POSTGRES_PASSWORD: 'x',
    REDIS_PASSWORD: 'y',
  };
  expect(read(environment)).toMatchObject({ postgres: 'embedded', queue: { kind: 'postgres' } });
});

test('relative directories are resolved against the working directory', () => {
  expect(read({ DATA_DIR: 'elsewhere' })).toMatchObject({
    dataDirectory: '/srv/elsewhere',
    storage: { directory: '/srv/elsewhere/objects' },
  });
  expect(read({ DATA_DIR: '/data', STORAGE_DIR: '/objects' })).toMatchObject({
    dataDirectory: '/data',
    storage: { directory: '/objects' },
  });
});

test('all issues are reported at once, including those of the API and the worker', () => {
  const environment = {
    PORT: 'eighty',
    QUEUE: 'redis',
    S3_ENDPOINT: 'http://minio:9000',
    POSTGRES_SSL: 'true',
    MAX_PIXELS: 'many',
    WORKER_CONCURRENCY: '0',
  };
  const names = issuesOf(environment).map((issue) => issue.split(/[: ]/)[0]);
  expect(names.sort()).toEqual([
    'MAX_PIXELS',
    'PORT',
    'POSTGRES_HOST',
    'REDIS_HOST',
    'S3_BUCKET',
    'WORKER_CONCURRENCY',
  ]);
});

test.each([
  [{ S3_ENDPOINT: 'http://minio:9000' }, 'S3_BUCKET is required with the other S3_ variables'],
  [{ S3_BUCKET: 'images', S3_ACCESS_KEY: 'key' }, 'S3_SECRET_KEY is required with S3_ACCESS_KEY'],
  [
    { S3_BUCKET: 'images', STORAGE_DIR: '/objects' },
    'STORAGE_DIR is set, but S3_BUCKET is set too: set only one of them',
  ],
  [{ QUEUE: 'redis' }, 'REDIS_HOST is required with QUEUE=redis'],
  [{ QUEUE: 'postgres', REDIS_HOST: 'redis' }, 'QUEUE is postgres, but REDIS_HOST is set too: set only one of them'],
  [{ PORT: '9000', WORKER_PORT: '9000' }, 'WORKER_PORT must differ from PORT'],
])('rejects %o', (environment, issue) => {
  expect(issuesOf(environment)).toEqual([issue]);
});
