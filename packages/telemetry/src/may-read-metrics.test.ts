import { Secret } from '@thumbnail-api/config';
import { expect, test } from 'vitest';
import { mayReadMetrics } from './may-read-metrics.ts';

const token = new Secret('the token');

test.each([
  ['Bearer token', 'token', true],
  ['bearer token', 'token', true],
  ['Bearer other', 'token', false],
  ['Bearer toke', 'token', false],
  ['Bearer token ', 'token', false],
  ['token', 'token', false],
  ['Basic token', 'token', false],
  ['Bearer ', 'token', false],
  [null, 'token', false],
  [undefined, 'token', false],
])('authorization %j with the token %s: %s', (header, secret, expected) => {
  expect(mayReadMetrics({ token: new Secret(secret), isOpen: true }, header)).toBe(expected);
});

test('without a token, allows access only where access is open', () => {
  expect(mayReadMetrics({ token: undefined, isOpen: true }, null)).toBe(true);
  expect(mayReadMetrics({ token: undefined, isOpen: false }, 'Bearer ')).toBe(false);
  expect(mayReadMetrics({ token, isOpen: true }, null)).toBe(false);
});
