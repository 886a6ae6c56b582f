import { AppError } from '@thumbnail-api/errors';
import { DrizzleQueryError } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { isRefused, isUnavailable } from './database-fault.ts';

const withCode = (code: string) => Object.assign(new Error('a fault'), { code });
const ofServer = (code: string) => Object.assign(new postgres.PostgresError('a fault'), { code });

test.each(['ECONNRESET', 'ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN', 'CONNECTION_CLOSED', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
  'a connection that ended in %s is away, and may have said nothing of what the server did',
  (code) => {
    const fault = new DrizzleQueryError('commit', [], withCode(code));
    expect([isUnavailable(fault), isRefused(fault)]).toEqual([true, false]);
  },
);

test.each([
  ['23505', false, true],
  ['40001', false, true],
  ['53300', true, true],
  ['57014', true, true],
  ['57P01', true, false],
  ['08006', true, false],
])('of a server that says %s: away %s, refused %s', (code, away, refused) => {
  const fault = ofServer(code);
  expect([isUnavailable(fault), isRefused(fault)]).toEqual([away, refused]);
  expect(isRefused(new AppError('unavailable', 'Away.', { cause: fault }))).toBe(refused);
});
