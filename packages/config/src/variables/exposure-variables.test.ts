import { expect, test } from 'vitest';
import { apiConfig } from '../api-config.ts';
import { ConfigError, type Environment, loadConfig } from '../load-config.ts';
import { migrateConfig } from '../migrate-config.ts';

const shipped = {
  POSTGRES_HOST: 'db',
  POSTGRES_PASSWORD: 'change-me',
  POSTGRES_MIGRATE_USER: 'thumbnails',
  POSTGRES_MIGRATE_PASSWORD: 'change-me-owner',
  REDIS_HOST: 'redis',
  REDIS_PASSWORD: 'change-me',
  S3_BUCKET: 'thumbnails',
  S3_ACCESS_KEY: 'thumbnail-api',
  S3_SECRET_KEY: 'change-me-app',
  METRICS_TOKEN: 'change-me-as-well',
};

function refused(definition: typeof apiConfig | typeof migrateConfig, environment: Environment): string[] {
  try {
    loadConfig<never, unknown>(definition as never, environment);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.issues.map((issue) => issue.split(' ')[0] ?? '') : [String(error)];
  }
}

test.each([
  ['listens on all addresses', { HOST: '0.0.0.0' }],
  ['is published on all addresses', { HOST: '0.0.0.0', PUBLISHED_HOST: '0.0.0.0' }],
  ['has a public address', { PUBLIC_URL: 'https://thumbnails.example' }],
  ['is behind a proxy', { TRUST_PROXY_HOPS: '1' }],
])('an API that %s refuses every secret of .env.example by name', (_, exposure) => {
  expect(refused(apiConfig, { ...shipped, ...exposure })).toEqual([
    'POSTGRES_PASSWORD',
    'REDIS_PASSWORD',
    'S3_SECRET_KEY',
    'METRICS_TOKEN',
  ]);
  expect(refused(migrateConfig, { ...shipped, ...exposure })).toEqual([
    'POSTGRES_PASSWORD',
    'POSTGRES_MIGRATE_PASSWORD',
    'REDIS_PASSWORD',
  ]);
});

test.each([
  ['listens on loopback', {}],
  ['is published on loopback, as by the compose file', { HOST: '0.0.0.0', PUBLISHED_HOST: '127.0.0.1' }],
  ['has a public address on loopback', { PUBLIC_URL: 'http://localhost:8080' }],
])('an API that %s accepts them', (_, exposure) => {
  expect(refused(apiConfig, { ...shipped, ...exposure })).toEqual([]);
  expect(refused(migrateConfig, { ...shipped, ...exposure })).toEqual([]);
});

test('a secret that is not used is not refused, and one of your own is accepted', () => {
  const own = { POSTGRES_HOST: 'db', POSTGRES_PASSWORD: 'own', QUEUE: 'postgres', STORAGE_DIR: '/srv' };
  const unused = { REDIS_PASSWORD: 'change-me', POSTGRES_MIGRATE_PASSWORD: 'change-me-owner' };
  expect(refused(apiConfig, { ...own, ...unused, HOST: '0.0.0.0' })).toEqual([]);
  expect(refused(migrateConfig, { ...own, ...unused, HOST: '0.0.0.0' })).toEqual([]);
});
