import { Secret } from '@thumbnail-api/config';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasExpired, isSigned, nextExpiry, signQuery } from './signed-link.ts';

const [first, second] = [new Secret('the first secret of thirty-two characters'), new Secret('the second of them')];
const link = { path: '/jobs/1/download', version: 'abc', expires: '2000' };
const signatureOf = (signed: typeof link, secret = first) =>
  new URLSearchParams(signQuery(signed, secret)).get('signature') ?? '';

test('a link is valid before its expiry second and invalid from then on', () => {
  expect(hasExpired(link, 1_999_999)).toBe(false);
  expect(hasExpired(link, 2_000_000)).toBe(true);
  expect(hasExpired({ ...link, expires: 'never' }, 0)).toBe(true);
});

test('changing any part of a link invalidates its signature', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, text, (path, version, expires) => {
      fc.pre(JSON.stringify([path, version, expires]) !== JSON.stringify(Object.values(link)));
      expect(isSigned({ path, version, expires }, signatureOf(link), [first])).toBe(false);
      expect(isSigned(link, version, [first])).toBe(false);
    }),
  );
});

test('accepts signatures of every configured secret and of no other', () => {
  expect(isSigned(link, signatureOf(link, second), [first, second])).toBe(true);
  expect(isSigned(link, signatureOf(link, second), [first])).toBe(false);
  expect(isSigned(link, signatureOf(link), [])).toBe(false);
});

test('a link lasts one to two hours, and links of the same hour expire together', () => {
  const hourMs = 3_600_000;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (now) => {
      const remainingMs = Number(nextExpiry(now)) * 1_000 - now;
      expect(remainingMs).toBeGreaterThan(hourMs);
      expect(remainingMs).toBeLessThanOrEqual(2 * hourMs);
    }),
  );
  expect(nextExpiry(10 * hourMs)).toBe(nextExpiry(11 * hourMs - 1));
});
