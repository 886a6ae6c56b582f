import { expect, test } from 'vitest';
import { countedAddress } from './caller-address.ts';

const requestWith = (headers: Record<string, string>) => new Request('http://localhost/', { headers });

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::ffff', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['nonsense', 'unknown'],
  [undefined, 'unknown'],
])('without a trusted proxy, a connection from %s counts as %s, whatever its headers contain', (peer, expected) => {
  const proxies = { trustProxyHops: 0, trustProxyHeader: 'x-forwarded' } as const;
  const spoofed = requestWith({ forwarded: 'for=198.51.100.9', 'x-forwarded-for': '198.51.100.9' });
  expect(countedAddress(spoofed, peer, proxies)).toBe(expected);
});

test.each<[string, number, Record<string, string>, string]>([
  ['the address that the only proxy reports', 1, { 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
  ['not what the client sent', 1, { 'x-forwarded-for': '203.0.113.1, 198.51.100.1' }, '198.51.100.1'],
  ['that of the outer of two', 2, { 'x-forwarded-for': '203.0.113.1, 198.51.100.1, 10.0.0.1' }, '198.51.100.1'],
  ['the first of a shorter list', 3, { 'x-forwarded-for': '198.51.100.1, 10.0.0.1' }, '198.51.100.1'],
  ['an address without its port', 1, { 'x-forwarded-for': '198.51.100.1:4711' }, '198.51.100.1'],
  [
    'not what a client says in Forwarded',
    1,
    { forwarded: 'for=203.0.113.7', 'x-forwarded-for': '198.51.100.1' },
    '198.51.100.1',
  ],
  ['the peer if only a client speaks, in Forwarded', 1, { forwarded: 'for=203.0.113.7' }, '10.0.0.1'],
  ['the peer if the address is obfuscated', 1, { 'x-forwarded-for': '_hidden' }, '10.0.0.1'],
  ['the peer if there is no header', 1, {}, '10.0.0.1'],
])('behind a trusted proxy, the counted address is %s', (_name, hops, headers, expected) => {
  const proxies = { trustProxyHops: hops, trustProxyHeader: 'x-forwarded' } as const;
  expect(countedAddress(requestWith(headers), '10.0.0.1', proxies)).toBe(expected);
});

test.each<[string, Record<string, string>, string]>([
  ['its address', { forwarded: 'for=203.0.113.1, for="[2001:db8:1:2::3]:4711";proto=https' }, '2001:db8:1:2::/64'],
  [
    'not what a client says in X-Forwarded-For',
    { forwarded: 'for=198.51.100.1', 'x-forwarded-for': '203.0.113.7' },
    '198.51.100.1',
  ],
  ['the peer if only a client speaks, in X-Forwarded-For', { 'x-forwarded-for': '203.0.113.7' }, '10.0.0.1'],
  ['the peer if the address is obfuscated', { forwarded: 'for=_hidden' }, '10.0.0.1'],
])('behind a trusted proxy that writes Forwarded, the counted address is %s', (_name, headers, expected) => {
  const proxies = { trustProxyHops: 1, trustProxyHeader: 'forwarded' } as const;
  expect(countedAddress(requestWith(headers), '10.0.0.1', proxies)).toBe(expected);
});
