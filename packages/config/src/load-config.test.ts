import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiConfig } from './api-config.ts';
import { ConfigError, type Environment, loadConfig } from './load-config.ts';
import { workerConfig } from './worker-config.ts';

const whole = { POSTGRES_HOST: 'db', REDIS_HOST: 'redis', S3_BUCKET: 'pictures', S3_REGION: 'eu-central-1' };
const faultsOf = (environment: Environment): string[] => {
  try {
    loadConfig(apiConfig, environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults;
  }
};

test('naming the parts is enough; the rest has defaults', () => {
  expect(loadConfig(apiConfig, whole)).toMatchObject({
    listen: { host: '127.0.0.1', port: 8080 },
    upload: { maxBytes: 26_214_400, deadlineMs: 120_000, concurrency: 16 },
    queue: { kind: 'redis', host: 'redis', port: 6379 },
    storage: { kind: 's3', bucket: 'pictures', endpoint: undefined, credentials: undefined },
  });
  expect(loadConfig(workerConfig, whole)).toMatchObject({
    concurrency: undefined,
    render: { timeoutMs: 30_000 },
    retentionDays: 0,
  });
});

test('nothing is guessed: an empty environment is refused, each part by name', () => {
  const faults = faultsOf({});
  expect(faults).toHaveLength(3);
  expect(faults.join('\n')).toMatch(/POSTGRES_HOST is not set\nREDIS_HOST is not set.*\nS3_BUCKET is not set/);
});

test('every fault is named at once, those between variables too', () => {
  const environment = { ...whole, PORT: 'eighty', S3_ACCESS_KEY: 'key', QUEUE: 'postgres', MAX_PIXELS: '0' };
  const names = faultsOf(environment).map((fault) => fault.split(/[ :]/)[0]);
  expect(names.sort()).toEqual(['MAX_PIXELS', 'PORT', 'QUEUE', 'S3_SECRET_KEY']);
});

test.each([
  [{ S3_BUCKET: undefined, S3_ENDPOINT: 'http://minio:9000' }, 'S3_BUCKET is needed'],
  [{ STORAGE_DIR: '/objects' }, 'STORAGE_DIR is set while'],
  [{ REDIS_HOST: undefined, QUEUE: 'redis' }, 'REDIS_HOST is needed'],
  [{ POSTGRES_HOST: 'https://db:5432' }, 'POSTGRES_HOST: expected a host name'],
  [{ S3_ENDPOINT: 'minio:9000' }, 'S3_ENDPOINT: expected an http'],
  [{ PRESETS: '{"hero"' }, 'PRESETS: expected JSON'],
  [
    { S3_BUCKET: undefined, STORAGE_DIR: '/objects', DOWNLOAD: 'redirect' },
    'S3_BUCKET is needed with DOWNLOAD=redirect',
  ],
  [{ RATE_LIMIT_BYTES: '1000' }, 'RATE_LIMIT_BYTES is less than MAX_UPLOAD_BYTES (26214400)'],
  [{ RATE_LIMIT_BYTES: '30000000' }, 'RATE_LIMIT_BYTES is less than MAX_BATCH_BYTES'],
  [{ AUTH: 'api-key', MAX_BATCH_BYTES: '3221225472' }, 'RATE_LIMIT_BYTES is less than MAX_BATCH_BYTES'],
  [{ PRESETS: '{"hero":{"width":0}}' }, 'PRESETS'],
])('%j is refused', (changes, fault) => {
  expect(faultsOf({ ...whole, ...changes }).join()).toContain(fault);
});

test('nothing is limited and everything is proxied unless it is said', () => {
  const config = loadConfig(apiConfig, whole);
  expect(config.rateLimits).toEqual({ requests: 0, bytes: 0, windowSeconds: 60 });
  expect(config.downloads).toEqual({ redirect: false, publicEndpoint: undefined });
  expect(config.metrics).toEqual({ token: undefined, isOpen: true });
  const said = {
    RATE_LIMIT_REQUESTS: '10',
    RATE_LIMIT_BYTES: '1073741824',
    DOWNLOAD: 'redirect',
    METRICS_TOKEN: 'token',
  };
  const limited = loadConfig(apiConfig, { ...whole, ...said });
  expect(limited.rateLimits).toEqual({ requests: 10, bytes: 1_073_741_824, windowSeconds: 60 });
  expect(limited.downloads.redirect).toBe(true);
  expect(`${Bun.inspect(limited.metrics)}`).not.toContain("'token'");
});

test('an address that links begin with loses its slashes', () => {
  expect(loadConfig(apiConfig, { ...whole, PUBLIC_URL: 'https://a.example/b//' }).links.publicUrl).toBe(
    'https://a.example/b',
  );
});

test.each([
  ['PUBLIC_URL', 'https://a.example/?x=1'],
  ['PUBLIC_URL', 'https://a.example/#there'],
  ['PUBLIC_URL', 'https://me:secret@a.example'],
  ['METRICS_TOKEN', 'two words'],
  ['CORS_ORIGINS', 'https://a.example/path'],
])('%s is refused as %s', (name, value) => {
  expect(faultsOf({ ...whole, [name]: value }).join()).toContain(name);
});

test('origins are compared as browsers write them', () => {
  const { corsOrigins } = loadConfig(apiConfig, { ...whole, CORS_ORIGINS: 'https://App.Example:443, http://b:81,*' });
  expect(corsOrigins).toEqual(['https://app.example', 'http://b:81', '*']);
});

test('a queue in Postgres and objects in a directory can be said aloud', () => {
  const config = loadConfig(apiConfig, { POSTGRES_HOST: 'db', QUEUE: 'postgres', STORAGE_DIR: '/objects' });
  expect(config).toMatchObject({ queue: { kind: 'postgres' }, storage: { kind: 'filesystem', directory: '/objects' } });
});

test('a secret can come from a file, loses one newline, and shows itself only when asked', () => {
  const directory = mkdtempSync(join(tmpdir(), 'thumbnail-api-config-'));
  writeFileSync(join(directory, 'password'), 'hunter2\n');
  const environment = { ...whole, POSTGRES_PASSWORD_FILE: join(directory, 'password') };
  const { postgres } = loadConfig(apiConfig, environment);
  expect(postgres.password?.reveal()).toBe('hunter2');
  expect(`${postgres.password} ${JSON.stringify(postgres)} ${Bun.inspect(postgres)}`).not.toContain('hunter2');
  expect(faultsOf({ ...environment, POSTGRES_PASSWORD: 'x' }).join()).toContain('choose one');
  expect(faultsOf({ ...whole, REDIS_PASSWORD_FILE: join(directory, 'gone') }).join()).toContain('cannot be read');
  rmSync(directory, { recursive: true });
});

test('presets of the configuration stand beside the shipped ones, or over them', () => {
  const PRESETS = JSON.stringify({ hero: { width: 1600, height: 900 }, card: { width: 320 } });
  const { presets } = loadConfig(apiConfig, { ...whole, PRESETS });
  expect(Object.keys(presets).sort()).toEqual(['avatar', 'card', 'emoji', 'hero']);
  expect(presets.card).toMatchObject({ width: 320 });
});

test('a secret that signs links is long, may have a former one behind it, and is never repeated', () => {
  const [now, before] = ['n'.repeat(32), 'b'.repeat(40)];
  const { access } = loadConfig(apiConfig, { ...whole, AUTH: 'api-key', LINK_SECRET: `${now}, ${before}` });
  expect(access.auth).toBe('api-key');
  expect(access.linkSecrets.map((secret) => secret.reveal())).toEqual([now, before]);
  expect(JSON.stringify(access)).not.toContain(now);
  const faults = faultsOf({ ...whole, AUTH: 'key', LINK_SECRET: `${now},short` });
  expect(faults).toEqual([expect.stringMatching(/^AUTH: /), 'LINK_SECRET: expected 32 characters or more']);
  expect(loadConfig(apiConfig, whole).access).toEqual({ auth: 'none', linkSecrets: [] });
});
