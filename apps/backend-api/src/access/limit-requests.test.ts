import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ApiEnv } from '../http/api-env.ts';
import { paths } from '../http/paths.ts';
import { createApiMetrics } from '../operations/api-metrics.ts';
import { limitRequests, type RateLimitDeps } from './limit-requests.ts';
import { openMemoryCounter } from './usage/memory-counter.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An app that takes the owner from a request header. */
const openApp = () => {
  const deps = {
    config: {
      rateLimits: { requests: 3, bytes: 0, renderSeconds: 0, windowSeconds: 60 },
      links: { publicUrl: undefined, trustProxyHops: 1, trustProxyHeader: 'x-forwarded' },
    },
    paths,
    counter: openMemoryCounter(60_000),
    metrics: createApiMetrics(),
  } as unknown as RateLimitDeps;
  const app = new Hono<ApiEnv>();
  app.onError((_error, context) => context.text('', 429));
  app.use(limitRequests(deps, 'address'));
  app.use((context, next) => {
    context.set('owner', context.req.header('x-owner') ?? 'everybody');
    return next();
  });
  app.use(limitRequests(deps, 'owner'));
  app.get('/', (context) => context.text(''));
  return { app, deps };
};
const send = (app: Hono<ApiEnv>, owner: string, address: string) =>
  app.request('/', { headers: { 'x-owner': owner, 'x-forwarded-for': address } });

test('counts an owner across all addresses and separately from other owners', async () => {
  const { app, deps } = openApp();
  for (const host of [1, 2, 3]) expect((await send(app, 'one', `198.51.100.${host}`)).status).toBe(200);
  const refused = await send(app, 'one', '198.51.100.4');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('ratelimit-policy')).toBe('"address";q=3;w=60, "owner";q=3;w=60');
  expect(refused.headers.get('ratelimit')).toBe('"address";r=2;t=60, "owner";r=0;t=60');
  expect((await send(app, 'other', '198.51.100.4')).status).toBe(200);
  expect(await deps.metrics.registry.metrics()).toContain(
    'thumbnails_rate_limited_total{by="owner",what="requests"} 1',
  );
});

test('counts callers without a key by address only', async () => {
  const { app } = openApp();
  for (const host of [1, 2, 3, 4]) expect((await send(app, 'everybody', `198.51.100.${host}`)).status).toBe(200);
  expect((await send(app, 'everybody', '198.51.100.1')).headers.get('ratelimit')).toBe('"address";r=1;t=60');
});

test('counts an address across all owners', async () => {
  const { app } = openApp();
  for (const owner of ['one', 'two', 'three']) expect((await send(app, owner, '198.51.100.1')).status).toBe(200);
  expect((await send(app, 'four', '198.51.100.1')).status).toBe(429);
});
