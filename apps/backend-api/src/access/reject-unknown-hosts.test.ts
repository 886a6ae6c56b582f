import { expect, test } from 'vitest';
import { isKnownHost } from './reject-unknown-hosts.ts';

const names = new Set(['thumbnails.example', 'api']);
const isKnown = (authority: string) => isKnownHost(new URL(`http://${authority}`).hostname, names);

test.each([
  ...[
    'localhost',
    'LOCALHOST:8080',
    'localhost.',
    'app.localhost',
    'thumbnails.example',
    'Thumbnails.Example.',
    'api:8080',
  ],
  ...['127.0.0.1:8080', '192.168.1.7', '[::1]:8080', '[2001:db8::1]', '0x7f.1', '2130706433'],
])('%s is a host of the API', (authority) => {
  expect(isKnown(authority)).toBe(true);
});

test.each([
  ...[
    'evil.example',
    'a.thumbnails.example',
    'thumbnails.example.evil.example',
    'localhost.evil.example',
    'notlocalhost',
  ],
  ...['127.0.0.1.evil.example', 'api.evil.example', '127.0.0.1.nip.io'],
])('%s is not', (authority) => {
  expect(isKnown(authority)).toBe(false);
});
