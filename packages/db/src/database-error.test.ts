import { AppError } from '@thumbnail-api/errors';
import { DrizzleQueryError } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { isRejectedByServer, isUnavailable } from './database-error.ts';

const connectionError = (code: string) => Object.assign(new Error('a connection error'), { code });
const serverError = (code: string) => Object.assign(new postgres.PostgresError('a server error'), { code });

test.each(['ECONNRESET', 'ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN', 'CONNECTION_CLOSED', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
  'the connection error %s means unavailable, and the server may have run the statement',
  (code) => {
    const error = new DrizzleQueryError('commit', [], connectionError(code));
    expect([isUnavailable(error), isRejectedByServer(error)]).toEqual([true, false]);
  },
);

test.each([
  ['23505', false, true],
  ['40001', false, true],
  ['53300', true, true],
  ['57014', true, true],
  ['57P01', true, false],
  ['08006', true, false],
])('SQLSTATE %s: unavailable %s, rejected by the server %s', (code, unavailable, rejected) => {
  const error = serverError(code);
  expect([isUnavailable(error), isRejectedByServer(error)]).toEqual([unavailable, rejected]);
  expect(isRejectedByServer(new AppError('unavailable', 'Unavailable.', { cause: error }))).toBe(rejected);
});
