import { onTestFinished } from 'vitest';
import type { UsageCounter } from '../src/access/usage/usage-counter.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

const rateLimits = { requests: 5, bytes: 0, renderSeconds: 0, windowSeconds: 60 };
const links = { publicUrl: undefined, trustProxyHops: 1, trustProxyHeader: 'x-forwarded' as const };

type ConfigOverrides = NonNullable<NonNullable<Parameters<typeof openTestApi>[0]>['config']>;

/** Opens a test API behind one trusted proxy that allows an address 5 requests a minute, until the end of the test. */
export async function openLimitedApi(config: ConfigOverrides = {}, counter?: UsageCounter): Promise<TestApi> {
  const api = await openTestApi({ config: { links, rateLimits, ...config }, ...(counter && { counter }) });
  onTestFinished(() => api.close());
  return api;
}

/** Sends a GET request from `address`. */
export const getFrom = (api: TestApi, address: string, path = '/jobs'): Promise<Response> =>
  api.request(path, { headers: { 'x-forwarded-for': address } });

/** The statuses of `count` requests from `address`, sent one after the other. */
export async function statusesFrom(api: TestApi, address: string, count: number): Promise<number[]> {
  const statuses = [];
  for (let index = 0; index < count; index += 1) statuses.push((await getFrom(api, address)).status);
  return statuses;
}
