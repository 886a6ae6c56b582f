import { expect, test } from 'vitest';
import { parseExpiry } from './parse-expiry.ts';

const now = Date.parse('2026-11-21T12:00:00Z');

test.each([
  ['90d', '2027-02-19T12:00:00.000Z'],
  ['1d', '2026-11-22T12:00:00.000Z'],
  ['2027-01-31T08:30:00Z', '2027-01-31T08:30:00.000Z'],
  ['2027-01-31T08:30+02:00', '2027-01-31T06:30:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
])('%s is %s', (text, time) => {
  expect(parseExpiry(text, now)?.toISOString()).toBe(time);
});

test.each([
  '',
  '90',
  'd',
  '-1d',
  '1.5d',
  '100000d',
  '90 d',
  'tomorrow',
  '2027-02-29',
  '2027-01-31T08:30',
  '2027-13-01',
  '1e3d',
])('%j is rejected', (text) => {
  expect(parseExpiry(text, now)).toBeNull();
});
