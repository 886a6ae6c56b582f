import { expect, test } from 'vitest';
import { describeServices, localUrl } from './describe-services.ts';
import { readStandaloneConfig } from './read-standalone-config.ts';

const describeFor = (environment: Record<string, string>) =>
  describeServices(readStandaloneConfig(environment, '/srv'), '18.4');

test('shows where the embedded services keep their data', () => {
  const text = describeFor({});
  expect(text).toContain('http://localhost:8080/swagger');
  expect(text).toContain('embedded Postgres 18.4 in /srv/.data/postgres');
  expect(text).toContain('/srv/.data/objects');
});

test('shows the addresses of external services, and no secrets', () => {
  const text = describeFor({
    PUBLIC_URL: 'https://thumbnails.example',
    POSTGRES_HOST: 'db',
    POSTGRES_PASSWORD: 'secret-1',
    REDIS_HOST: 'redis',
    REDIS_PASSWORD: 'secret-2',
    S3_BUCKET: 'images',
    S3_ENDPOINT: 'http://minio:9000',
    S3_ACCESS_KEY: 'key',
    S3_SECRET_KEY: 'secret-3',
  });
  expect(text).toContain('https://thumbnails.example/swagger');
  expect(text).toContain('thumbnails on the Postgres at db:5432');
  expect(text).toContain('Redis at redis:6379');
  expect(text).toContain('bucket images at http://minio:9000');
  expect(text).not.toContain('secret-');
});

test.each([
  ['127.0.0.1', 'http://127.0.0.1:8080'],
  ['0.0.0.0', 'http://127.0.0.1:8080'],
  ['::', 'http://[::1]:8080'],
  ['::1', 'http://[::1]:8080'],
  ['10.0.0.5', 'http://10.0.0.5:8080'],
])('a server that listens on %s is reached at %s', (host, url) => {
  expect(localUrl({ host, port: 8080 })).toBe(url);
});
