import { expect, test } from 'vitest';
import { baseUrl } from './base-url.ts';

const asked = 'http://inner:8080/jobs';
const ask = (headers: Record<string, string>, hops = 1) =>
  baseUrl(new Request(asked, { headers }), { publicUrl: undefined, trustProxyHops: hops });

test.each([
  [{}, 'http://inner:8080'],
  [{ 'x-forwarded-proto': 'https' }, 'https://inner:8080'],
  [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'thumbs.example' }, 'https://thumbs.example'],
  [{ 'x-forwarded-host': 'thumbs.example' }, 'http://thumbs.example'],
  [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'thumbs.example:8443' }, 'https://thumbs.example:8443'],
  [{ forwarded: 'proto=https;host="thumbs.example"' }, 'https://thumbs.example'],
  [{ 'x-forwarded-host': 'thumbs.example/evil' }, 'http://inner:8080'],
  [{ 'x-forwarded-host': 'thumbs.example:99999' }, 'http://inner:8080'],
  [{ 'x-forwarded-proto': 'javascript' }, 'http://inner:8080'],
])('behind a trusted proxy that says %j links begin with %s', (headers, base) => {
  expect(ask(headers as Record<string, string>)).toBe(base);
});

test('what nobody vouches for changes no link', () => {
  expect(ask({ 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }, 0)).toBe('http://inner:8080');
});
