import { AppError } from '@thumbnail-api/errors';
import { DrizzleQueryError } from 'drizzle-orm';

/** SQLSTATE of a server that was the primary and is a standby now. */
const readOnlyCode = '25006';

/** Connection faults of postgres.js, of the socket, and the SQLSTATE classes 08, 53, 57 and 25006 (a read-only standby). */
export function isUnavailable(error: unknown): boolean {
  const code = readCode(error);
  return (
    /^(CONNECT|CONNECTION_|ECONN|ENET|EHOST|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ERR_TLS|ERR_SSL)/.test(code) ||
    /^(08|53|57)...$/.test(code) ||
    code === readOnlyCode
  );
}

/** Says whether the server takes no changes (any more). */
export const isReadOnly = (error: unknown): boolean => readCode(error) === readOnlyCode;

/** Says whether the server itself refused a statement, which changed nothing then; a server on its way down may have kept it. */
export function isRefused(error: unknown): boolean {
  const source = findSource(error instanceof AppError ? error.cause : error);
  return source instanceof Error && source.name === 'PostgresError' && !/^(08|57P0[12])/.test(readCode(source));
}

function readCode(error: unknown): string {
  const source = findSource(error);
  return source instanceof Error && 'code' in source ? String(source.code) : '';
}

const findSource = (error: unknown) => (error instanceof DrizzleQueryError ? error.cause : error);
