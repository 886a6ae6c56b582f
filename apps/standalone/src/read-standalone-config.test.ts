import { ConfigError } from '@thumbnail-api/config';
import { expect, test } from 'vitest';
import { readStandaloneConfig } from './read-standalone-config.ts';

const read = (environment: Record<string, string>) => readStandaloneConfig(environment, '/srv');

const faultsOf = (environment: Record<string, string>): string[] => {
  try {
    read(environment);
  } catch (error) {
    return error instanceof ConfigError ? error.faults : [String(error)];
  }
  return [];
};

const s3 = { S3_BUCKET: 'pictures' };
const bucket = { kind: 's3', bucket: 'pictures', region: 'us-east-1', endpoint: undefined, credentials: undefined };
const files = { kind: 'filesystem', directory: '/srv/.data/objects' };

test('nothing named means everything embedded below ./.data', () => {
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
])('%o: each part is switched on by naming it, in any mix', (environment, postgres, kind, storage) => {
  const config = read(environment);
  expect([config.postgres]).toMatchObject([postgres]);
  expect(config).toMatchObject({ queue: { kind }, storage });
});

test('what a .env for compose holds beside the hosts names nothing', () => {
  const environment = {
    POSTGRES_DB: 'thumbnails',
    POSTGRES_USER: 'thumbnails',
    POSTGRES_PASSWORD: 'x',
    REDIS_PASSWORD: 'y',
  };
  expect(read(environment)).toMatchObject({ postgres: 'embedded', queue: { kind: 'postgres' } });
});

test('relative directories count from the working directory, absolute ones stay', () => {
  expect(read({ DATA_DIR: 'elsewhere' })).toMatchObject({
    dataDirectory: '/srv/elsewhere',
    storage: { directory: '/srv/elsewhere/objects' },
  });
  expect(read({ DATA_DIR: '/data', STORAGE_DIR: '/objects' })).toMatchObject({
    dataDirectory: '/data',
    storage: { directory: '/objects' },
  });
});

test('every fault of every part is reported at once, also those of the API and the worker', () => {
  const environment = {
    PORT: 'eighty',
    QUEUE: 'redis',
    S3_ENDPOINT: 'http://minio:9000',
    POSTGRES_SSL: 'true',
    MAX_PIXELS: 'many',
    WORKER_CONCURRENCY: '0',
  };
  const names = faultsOf(environment).map((fault) => fault.split(/[: ]/)[0]);
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
  [{ S3_ENDPOINT: 'http://minio:9000' }, 'S3_BUCKET is needed beside the other S3_ variables'],
  [{ S3_BUCKET: 'pictures', S3_ACCESS_KEY: 'key' }, 'S3_SECRET_KEY is needed with S3_ACCESS_KEY'],
  [{ S3_BUCKET: 'pictures', STORAGE_DIR: '/objects' }, 'STORAGE_DIR is set while S3_BUCKET names a bucket: choose one'],
  [{ QUEUE: 'redis' }, 'REDIS_HOST is needed with QUEUE=redis'],
  [{ QUEUE: 'postgres', REDIS_HOST: 'redis' }, 'QUEUE is postgres while REDIS_HOST names a Redis: choose one'],
  [{ PORT: '9000', WORKER_PORT: '9000' }, 'WORKER_PORT is the same as PORT'],
])('%o is a fault', (environment, fault) => {
  expect(faultsOf(environment)).toEqual([fault]);
});
