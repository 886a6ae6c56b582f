import { Secret } from '@thumbnail-api/config';
import { expect, onTestFinished, test } from 'vitest';
import { signQuery } from '../src/access/signed-link.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';
import { bearer, keyed, makeKeys } from './test-keys.ts';

const metricsToken = 'a-metrics-token';
const links = { publicUrl: undefined, trustProxyHops: 1, trustProxyHeader: 'x-forwarded' as const };
const thumbnail = '/jobs/0199f0c2-0000-7000-8000-000000000000/download';
const [secret] = keyed.linkSecrets;
/** Distinct wrong tokens that an address may send in a window. */
const allowed = 100;

const open = async (): Promise<TestApi> => {
  const metrics = { token: new Secret(metricsToken), isOpen: false };
  const api = await openTestApi({ config: { access: keyed, links, metrics } });
  onTestFinished(() => api.close());
  return api;
};
const from = (address: string, authorization?: string) => ({
  headers: { 'x-forwarded-for': address, ...(authorization && { authorization }) },
});
const statusOf = async (api: TestApi, path: string, init: RequestInit) => {
  const response = await api.request(path, init);
  await response.body?.cancel();
  return response.status;
};
const countOf = async (api: TestApi, kind: string) => {
  const text = await (await api.request('/metrics', { headers: bearer(metricsToken) })).text();
  return Number(new RegExp(`^thumbnails_wrong_tokens_total\\{kind="${kind}"\\} (\\d+)`, 'm').exec(text)?.[1]);
};

/** How each kind of token is sent, wrong in as many ways as asked, and right. */
const kinds = [
  {
    kind: 'key',
    wrong: (number: number): [string, string?] => ['/jobs', `Bearer tk_${String(number).padStart(43, 'A')}`],
    rejected: 401,
  },
  { kind: 'metrics', wrong: (number: number): [string, string?] => ['/metrics', `Bearer ${number}`], rejected: 401 },
  {
    kind: 'link',
    wrong: (number: number): [string, string?] => [`${thumbnail}?v=x&expires=9999999999&signature=${number}`],
    rejected: 403,
  },
];

test.each(kinds)('counts wrong tokens ($kind), and stops checking those of an address after 100', async (each) => {
  const { kind, wrong, rejected } = each;
  const api = await open();
  const { write } = await makeKeys(api.deps);
  const right: Record<string, [string, string?]> = {
    key: ['/jobs', `Bearer ${write}`],
    metrics: ['/metrics', `Bearer ${metricsToken}`],
    link: [`${thumbnail}?${signQuery({ path: thumbnail, version: 'x', expires: '9999999999' }, secret as Secret)}`],
  };
  const send = ([path, authorization]: [string, string?], address: string) =>
    statusOf(api, path, from(address, authorization));
  const rightOne = right[kind] ?? ['/'];
  for (let number = 0; number < allowed; number += 1) expect(await send(wrong(number), '198.51.100.1')).toBe(rejected);
  expect(await countOf(api, kind)).toBe(allowed);
  expect(await send(rightOne, '198.51.100.1')).toBeLessThan(500);
  expect(await send(wrong(allowed), '198.51.100.1')).toBe(429);
  expect(await send(rightOne, '198.51.100.1')).toBe(429);
  expect(await send(rightOne, '198.51.100.2')).not.toBe(429);
  expect(await send(wrong(0), '198.51.100.2')).toBe(rejected);
});

test('a client that repeats one wrong token does not lock out its neighbours', async () => {
  const api = await open();
  const { write } = await makeKeys(api.deps);
  const [path, authorization] = kinds[0]?.wrong(1) ?? [''];
  for (let count = 0; count <= allowed; count += 1) {
    expect(await statusOf(api, path, from('198.51.100.1', authorization))).toBe(401);
  }
  expect(await statusOf(api, '/jobs', from('198.51.100.1', `Bearer ${write}`))).toBe(200);
});

test('readiness is no way to try metrics tokens, and answers probes of the same address', async () => {
  const api = await open();
  const ready = async (authorization?: string) => {
    const response = await api.request('/health/ready', from('198.51.100.1', authorization));
    return [response.status, Object.keys((await response.json()) as object)];
  };
  for (let number = 0; number <= allowed; number += 1)
    expect(await ready(`Bearer ${number}`)).toEqual([200, ['status']]);
  expect(await countOf(api, 'metrics')).toBe(allowed + 1);
  expect(await ready(`Bearer ${metricsToken}`)).toEqual([200, ['status']]);
  expect(await ready()).toEqual([200, ['status']]);
});

test('a link that has only expired, and a request without a token, are not counted', async () => {
  const api = await open();
  const expired = signQuery({ path: thumbnail, version: 'x', expires: '1' }, secret as Secret);
  expect(await statusOf(api, `${thumbnail}?${expired}`, from('198.51.100.1'))).toBe(403);
  expect(await statusOf(api, '/jobs', from('198.51.100.1'))).toBe(401);
  expect(await statusOf(api, '/metrics', from('198.51.100.1'))).toBe(401);
  for (const kind of ['key', 'metrics', 'link']) expect([kind, await countOf(api, kind)]).toEqual([kind, 0]);
});
