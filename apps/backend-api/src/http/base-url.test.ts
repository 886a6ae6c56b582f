import { expect, test } from 'vitest';
import { baseUrl, type LinkOptions } from './base-url.ts';

const requested = 'http://inner:8080/jobs';
const baseOf = (
  headers: Record<string, string>,
  hops = 1,
  trustProxyHeader: LinkOptions['trustProxyHeader'] = 'x-forwarded',
) => baseUrl(new Request(requested, { headers }), { publicUrl: undefined, trustProxyHops: hops, trustProxyHeader });

test.each([
  [{}, 'http://inner:8080'],
  [{ 'x-forwarded-proto': 'https' }, 'https://inner:8080'],
  [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'thumbs.example' }, 'https://thumbs.example'],
  [{ 'x-forwarded-host': 'thumbs.example' }, 'http://thumbs.example'],
  [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'thumbs.example:8443' }, 'https://thumbs.example:8443'],
  [{ forwarded: 'proto=https;host=evil.example', 'x-forwarded-host': 'thumbs.example' }, 'http://thumbs.example'],
  [{ forwarded: 'proto=https;host=evil.example' }, 'http://inner:8080'],
  [{ 'x-forwarded-host': 'thumbs.example/evil' }, 'http://inner:8080'],
  [{ 'x-forwarded-host': 'thumbs.example:99999' }, 'http://inner:8080'],
  [{ 'x-forwarded-proto': 'javascript' }, 'http://inner:8080'],
])('behind a trusted proxy that sends %j, links start with %s', (headers, base) => {
  expect(baseOf(headers as Record<string, string>)).toBe(base);
});

test('ignores forwarding headers when no proxy is trusted', () => {
  expect(baseOf({ 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }, 0)).toBe('http://inner:8080');
});

test.each([
  [{ forwarded: 'proto=https;host="thumbs.example"' }, 'https://thumbs.example'],
  [{ forwarded: 'proto=https', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example' }, 'https://inner:8080'],
  [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' }, 'http://inner:8080'],
])('behind a trusted proxy that writes Forwarded, and with %j, links start with %s', (headers, base) => {
  expect(baseOf(headers as Record<string, string>, 1, 'forwarded')).toBe(base);
});
