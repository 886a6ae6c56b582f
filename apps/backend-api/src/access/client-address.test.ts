import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

const ask = (headers: Record<string, string>) => new Request('http://localhost/', { headers });

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
])('who connects from %s counts as %s, whatever the headers say', (peer, expected) => {
  const lying = ask({ forwarded: 'for=198.51.100.9', 'x-forwarded-for': '198.51.100.9' });
  expect(clientAddress(lying, peer, 0)).toBe(expected);
});

test.each<[string, number, Record<string, string>, string]>([
  ['the only proxy', 1, { 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
  ['what a client puts in front is ignored', 1, { 'x-forwarded-for': '203.0.113.1, 198.51.100.1' }, '198.51.100.1'],
  ['the outer of two', 2, { 'x-forwarded-for': '203.0.113.1, 198.51.100.1, 10.0.0.1' }, '198.51.100.1'],
  ['a list that is shorter', 3, { 'x-forwarded-for': '198.51.100.1, 10.0.0.1' }, '198.51.100.1'],
  ['RFC 7239', 1, { forwarded: 'for=203.0.113.1, for="[2001:db8:1:2::3]:4711";proto=https' }, '2001:db8:1:2::/64'],
  ['with a port', 1, { 'x-forwarded-for': '198.51.100.1:4711' }, '198.51.100.1'],
  ['both agree', 1, { forwarded: 'for=198.51.100.1', 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
  ['they disagree', 1, { forwarded: 'for=203.0.113.7', 'x-forwarded-for': '198.51.100.1' }, '10.0.0.1'],
  ['one is hidden', 1, { forwarded: 'for=_hidden' }, '10.0.0.1'],
  ['none is there', 1, {}, '10.0.0.1'],
])('behind a trusted proxy: %s', (_name, hops, headers, expected) => {
  expect(clientAddress(ask(headers), '10.0.0.1', hops)).toBe(expected);
});
