import { Secret } from '@thumbnail-api/config';
import { watchDependencies } from '@thumbnail-api/telemetry';
import { findFreePort } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openHealthServer } from './open-health-server.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

const host = '127.0.0.1';
const silent = { info: () => undefined, warn: () => undefined };
const { registry, objectFaults, wrongTokens } = createWorkerMetrics();
const checks = { database: () => Promise.resolve(), queue: () => Promise.reject(new Error('unavailable')) };
let open: ReturnType<typeof openHealthServer>;
let guarded: ReturnType<typeof openHealthServer>;
beforeAll(async () => {
  const dependencies = watchDependencies(checks, silent);
  const options = { dependencies, isDraining: () => false, registry, objectFaults, wrongTokens };
  const [one, other] = [await findFreePort(), await findFreePort()];
  open = openHealthServer({ host, port: one }, { ...options, access: { token: undefined, isOpen: true } });
  guarded = openHealthServer(
    { host, port: other },
    { ...options, access: { token: new Secret('token'), isOpen: true } },
  );
});
afterAll(async () => {
  await Promise.all([open.stop(true), guarded.stop(true)]);
});

const ask = (server: typeof open, path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, server.url), { headers, proxy: '' });
const bearer = { authorization: 'Bearer token' };

test('without METRICS_TOKEN, metrics and the details of readiness are public', async () => {
  const metrics = await ask(open, '/metrics');
  expect([metrics.status, metrics.headers.get('content-type')]).toEqual([200, registry.contentType]);
  expect(await metrics.text()).toContain('thumbnails_jobs_finished_total{status="error",code="render_timeout"} 0');
  const ready = await ask(open, '/health/ready');
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'down', dependencies: { database: 'up', queue: 'down' }, objectFaults: [] },
  ]);
});

test('with METRICS_TOKEN, metrics and the details of readiness need it, and readiness itself does not', async () => {
  expect((await ask(guarded, '/metrics')).status).toBe(401);
  expect((await ask(guarded, '/metrics', { authorization: 'Bearer other' })).status).toBe(401);
  expect((await ask(guarded, '/metrics', bearer)).status).toBe(200);
  expect(await (await ask(guarded, '/health/ready')).json()).toEqual({ status: 'down' });
  expect(await (await ask(guarded, '/health/ready', bearer)).json()).toHaveProperty('dependencies.queue', 'down');
});

test('a wrong metrics token is counted, and a request without one is not', async () => {
  const count = async () =>
    Number(/^thumbnails_wrong_tokens_total\{kind="metrics"\} (\d+)$/m.exec(await registry.metrics())?.[1]);
  const before = await count();
  expect(before).not.toBeNaN();
  for (const path of ['/metrics', '/health/ready']) {
    await ask(guarded, path);
    await ask(guarded, path, bearer);
    await ask(open, path, { authorization: 'Bearer other' });
  }
  expect(await count()).toBe(before);
  for (const path of ['/metrics', '/health/ready']) await ask(guarded, path, { authorization: 'Bearer other' });
  expect(await count()).toBe(before + 2);
});

test('a worker that drains is not ready although its dependencies are up, and stays alive', async () => {
  let isDraining = false;
  const draining = openHealthServer(
    { host, port: await findFreePort() },
    {
      dependencies: watchDependencies({ database: () => Promise.resolve() }, silent),
      isDraining: () => isDraining,
      registry,
      objectFaults,
      wrongTokens,
      access: { token: undefined, isOpen: true },
    },
  );
  onTestFinished(() => draining.stop(true));
  expect((await ask(draining, '/health/ready')).status).toBe(200);
  isDraining = true;
  const ready = await ask(draining, '/health/ready');
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'down', dependencies: { database: 'up' }, objectFaults: [] },
  ]);
  expect((await ask(draining, '/health/live')).status).toBe(200);
});
