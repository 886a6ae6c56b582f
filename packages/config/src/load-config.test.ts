import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageMediaTypes } from '@thumbnail-api/image-probe';
import { expect, test } from 'vitest';
import { apiConfig } from './api-config.ts';
import { ConfigError, type Environment, loadConfig } from './load-config.ts';
import { workerConfig } from './worker-config.ts';

const complete = { POSTGRES_HOST: 'db', REDIS_HOST: 'redis', S3_BUCKET: 'images', S3_REGION: 'eu-central-1' };
const issuesOf = (environment: Environment): string[] => {
  try {
    loadConfig(apiConfig, environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues;
  }
};

test('only Postgres, the queue and the object store have no default', () => {
  expect(loadConfig(apiConfig, complete)).toMatchObject({
    listen: { host: '127.0.0.1', port: 8080 },
    upload: { maxBytes: 26_214_400, deadlineMs: 120_000, concurrency: 16 },
    queue: { kind: 'redis', host: 'redis', port: 6379 },
    storage: { kind: 's3', bucket: 'images', endpoint: undefined, credentials: undefined },
  });
  expect(loadConfig(workerConfig, complete)).toMatchObject({
    concurrency: undefined,
    render: { timeoutMs: 30_000 },
    retentionDays: 0,
    orphanDays: 7,
    backupDays: 30,
  });
});

test('an empty environment is rejected, with one issue for each missing dependency', () => {
  const issues = issuesOf({});
  expect(issues).toHaveLength(3);
  expect(issues.join('\n')).toMatch(/POSTGRES_HOST is not set\nREDIS_HOST is not set.*\nS3_BUCKET is not set/);
});

test('all issues are reported at once, including those between variables', () => {
  const environment = { ...complete, PORT: 'eighty', S3_ACCESS_KEY: 'key', QUEUE: 'postgres', MAX_PIXELS: '0' };
  const names = issuesOf(environment).map((issue) => issue.split(/[ :]/)[0]);
  expect(names.sort()).toEqual(['MAX_PIXELS', 'PORT', 'QUEUE', 'S3_SECRET_KEY']);
});

test.each([
  [{ S3_BUCKET: undefined, S3_ENDPOINT: 'http://minio:9000' }, 'S3_BUCKET is required'],
  [{ STORAGE_DIR: '/objects' }, 'STORAGE_DIR is set, but S3_BUCKET'],
  [{ REDIS_HOST: undefined, QUEUE: 'redis' }, 'REDIS_HOST is required'],
  [{ POSTGRES_HOST: 'https://db:5432' }, 'POSTGRES_HOST: expected a host name'],
  [{ S3_ENDPOINT: 'minio:9000' }, 'S3_ENDPOINT: expected an http'],
  [{ PRESETS: '{"hero"' }, 'PRESETS: expected JSON'],
  [
    { S3_BUCKET: undefined, STORAGE_DIR: '/objects', DOWNLOAD: 'redirect' },
    'S3_BUCKET is required with DOWNLOAD=redirect',
  ],
  [{ RATE_LIMIT_BYTES: '1000' }, 'RATE_LIMIT_BYTES must be at least MAX_UPLOAD_BYTES (26214400)'],
  [{ RATE_LIMIT_BYTES: '30000000' }, 'RATE_LIMIT_BYTES must be at least MAX_BATCH_BYTES'],
  [{ AUTH: 'api-key', MAX_BATCH_BYTES: '3221225472' }, 'RATE_LIMIT_BYTES must be at least MAX_BATCH_BYTES'],
  [{ PRESETS: '{"hero":{"width":0}}' }, 'PRESETS'],
])('rejects %j', (changes, issue) => {
  expect(issuesOf({ ...complete, ...changes }).join()).toContain(issue);
});

test('by default there are no rate limits, and downloads are proxied', () => {
  const config = loadConfig(apiConfig, complete);
  expect(config.rateLimits).toEqual({ requests: 0, bytes: 0, renderSeconds: 0, windowSeconds: 60 });
  expect(config.downloads).toEqual({ redirect: false, publicEndpoint: undefined });
  expect(config.metrics).toEqual({ token: undefined, isOpen: true });
  const limits = {
    RATE_LIMIT_REQUESTS: '10',
    RATE_LIMIT_BYTES: '1073741824',
    DOWNLOAD: 'redirect',
    METRICS_TOKEN: 'token',
  };
  const limited = loadConfig(apiConfig, { ...complete, ...limits });
  expect(limited.rateLimits).toEqual({ requests: 10, bytes: 1_073_741_824, renderSeconds: 0, windowSeconds: 60 });
  expect(limited.downloads.redirect).toBe(true);
  expect(`${Bun.inspect(limited.metrics)}`).not.toContain("'token'");
});

test('PUBLIC_URL loses its trailing slashes', () => {
  expect(loadConfig(apiConfig, { ...complete, PUBLIC_URL: 'https://a.example/b//' }).links.publicUrl).toBe(
    'https://a.example/b',
  );
});

test.each([
  ['PUBLIC_URL', 'https://a.example/?x=1'],
  ['PUBLIC_URL', 'https://a.example/#there'],
  ['PUBLIC_URL', 'https://me:secret@a.example'],
  ['METRICS_TOKEN', 'two words'],
  ['CORS_ORIGINS', 'https://a.example/path'],
  ['ALLOWED_HOSTS', 'a.example:8080'],
  ['ALLOWED_HOSTS', 'https://a.example'],
])('rejects %s=%s', (name, value) => {
  expect(issuesOf({ ...complete, [name]: value }).join()).toContain(name);
});

test('origins are normalised as browsers send them', () => {
  const { corsOrigins } = loadConfig(apiConfig, {
    ...complete,
    CORS_ORIGINS: 'https://App.Example:443, http://b:81,*',
  });
  expect(corsOrigins).toEqual(['https://app.example', 'http://b:81', '*']);
});

test('IMAGE_TYPES names the accepted types in any order, and by default they are all types', () => {
  const typesOf = (changes: Environment) => loadConfig(apiConfig, { ...complete, ...changes }).images.types;
  expect(typesOf({})).toEqual(imageMediaTypes);
  expect(typesOf({ IMAGE_TYPES: 'image/png, image/jpeg,image/png' })).toEqual(['image/jpeg', 'image/png']);
  expect(loadConfig(workerConfig, { ...complete, IMAGE_TYPES: 'image/gif' }).images.types).toEqual(['image/gif']);
  const [issue] = issuesOf({ ...complete, IMAGE_TYPES: 'image/png,heic' });
  expect(issue).toBe(`IMAGE_TYPES: expected some of ${imageMediaTypes.join(', ')}`);
});

test('host names are normalised as URLs have them, and that of the public URL is one of them', () => {
  const { allowedHosts } = loadConfig(apiConfig, {
    ...complete,
    PUBLIC_URL: 'https://Thumbnails.Example:8443/base',
    ALLOWED_HOSTS: 'api, NAS.lan.,bücher.example,',
  });
  expect(allowedHosts).toEqual(['api', 'nas.lan', 'xn--bcher-kva.example', 'thumbnails.example']);
});

test('the queue can be in Postgres and the objects in a directory', () => {
  const config = loadConfig(apiConfig, { POSTGRES_HOST: 'db', QUEUE: 'postgres', STORAGE_DIR: '/objects' });
  expect(config).toMatchObject({ queue: { kind: 'postgres' }, storage: { kind: 'filesystem', directory: '/objects' } });
});

test('a secret is read from a file, without its last newline, and is never printed', () => {
  const directory = mkdtempSync(join(tmpdir(), 'thumbnail-api-config-'));
  writeFileSync(join(directory, 'password'), 'hunter2\n');
  const environment = { ...complete, POSTGRES_PASSWORD_FILE: join(directory, 'password') };
  const { postgres } = loadConfig(apiConfig, environment);
  expect(postgres.password?.reveal()).toBe('hunter2');
  expect(`${postgres.password} ${JSON.stringify(postgres)} ${Bun.inspect(postgres)}`).not.toContain('hunter2');
  expect(issuesOf({ ...environment, POSTGRES_PASSWORD: 'x' }).join()).toContain('set only one');
  expect(issuesOf({ ...complete, REDIS_PASSWORD_FILE: join(directory, 'missing') }).join()).toContain('cannot be read');
  rmSync(directory, { recursive: true });
});

test('presets are added to the shipped ones or replace them by name', () => {
  const PRESETS = JSON.stringify({ hero: { width: 1600, height: 900 }, card: { width: 320 } });
  const { presets } = loadConfig(apiConfig, { ...complete, PRESETS });
  expect(Object.keys(presets).sort()).toEqual(['avatar', 'card', 'emoji', 'hero']);
  expect(presets.card).toMatchObject({ width: 320 });
});

test('LINK_SECRET holds one or more secrets of at least 32 characters, and is never printed', () => {
  const [current, previous] = ['n'.repeat(32), 'b'.repeat(40)];
  const { access } = loadConfig(apiConfig, { ...complete, AUTH: 'api-key', LINK_SECRET: `${current}, ${previous}` });
  expect(access.auth).toBe('api-key');
  expect(access.linkSecrets.map((secret) => secret.reveal())).toEqual([current, previous]);
  expect(JSON.stringify(access)).not.toContain(current);
  const issues = issuesOf({ ...complete, AUTH: 'key', LINK_SECRET: `${current},short` });
  expect(issues).toEqual([expect.stringMatching(/^AUTH: /), 'LINK_SECRET: expected at least 32 characters']);
  expect(loadConfig(apiConfig, complete).access).toEqual({ auth: 'none', linkSecrets: [] });
});
