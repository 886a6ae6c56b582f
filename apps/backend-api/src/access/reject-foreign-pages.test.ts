import { expect, test } from 'vitest';
import { isForeign } from './reject-foreign-pages.ts';

const own = [new URL('http://thumbnails.lan:8080'), new URL('https://thumbnails.example')];
const allowed = ['https://app.example'];
const judge = (headers: Record<string, string>, origins = allowed) => isForeign(new Headers(headers), own, origins);

test.each([
  ['a program that is no browser', {}],
  ['its own page', { origin: 'http://thumbnails.lan:8080' }],
  ['its own page behind a proxy for TLS that says nothing', { origin: 'https://thumbnails.lan:8080' }],
  ['a page of its public URL', { origin: 'https://thumbnails.example' }],
  [
    'a page of its public URL, by a proxy that renames the host',
    { 'sec-fetch-site': 'same-origin', origin: 'https://a' },
  ],
  ['a user, without a page', { 'sec-fetch-site': 'none' }],
  ['an allowed page', { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' }],
])('a request of %s is not foreign', (_name, headers) => {
  expect(judge(headers as Record<string, string>)).toBe(false);
});

test.each([
  ['another host', { origin: 'http://evil.example' }],
  ['another port', { origin: 'http://thumbnails.lan:9000' }],
  ['another port, the default one', { origin: 'http://thumbnails.lan' }],
  ['a subdomain', { origin: 'https://a.thumbnails.example' }],
  ['no origin', { origin: 'null' }],
  ['a file', { origin: 'file://' }],
  ['an invalid origin', { origin: 'thumbnails.lan:8080' }],
  ['an origin that only starts like an allowed one', { origin: 'https://app.example.evil.example' }],
  ['another site that sends no Origin', { 'sec-fetch-site': 'cross-site' }],
  ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
  ['another scheme with the same host', { 'sec-fetch-site': 'cross-site', origin: 'http://thumbnails.lan:8080' }],
  ['a value that is unknown today', { 'sec-fetch-site': 'other' }],
])('a request of a page of %s is foreign', (_name, headers) => {
  expect(judge(headers as Record<string, string>)).toBe(true);
});

test('no page is foreign where every origin is allowed', () => {
  expect(judge({ origin: 'null', 'sec-fetch-site': 'cross-site' }, ['*'])).toBe(false);
});

test('a default port that is written out is the same port', () => {
  const behindTls = [new URL('http://thumbnails.example:443')];
  expect(isForeign(new Headers({ origin: 'https://thumbnails.example' }), behindTls, [])).toBe(false);
});
