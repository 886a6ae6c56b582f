import { DrizzleQueryError } from 'drizzle-orm';

/** SQLSTATE of a server that was the primary and is a standby now. */
const readOnlyCode = '25006';

/** Connection faults of postgres.js, of the socket, and the SQLSTATE classes 08, 53, 57 and 25006 (a read-only standby). */
export function isUnavailable(error: unknown): boolean {
  const code = readCode(error);
  return (
    /^(CONNECT|CONNECTION_|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/.test(code) ||
    /^(08|53|57)...$/.test(code) ||
    code === readOnlyCode
  );
}

/** Says whether the server takes no changes (any more). */
export const isReadOnly = (error: unknown): boolean => readCode(error) === readOnlyCode;

/** Says whether a connection went away under its statement: every other fault means that the statement changed nothing. */
export const isCutOff = (error: unknown): boolean =>
  /^(CONNECTION_|ECONNRESET|EPIPE|ETIMEDOUT|08|57P0[12])/.test(readCode(error));

function readCode(error: unknown): string {
  const source = error instanceof DrizzleQueryError ? error.cause : error;
  return source instanceof Error && 'code' in source ? String(source.code) : '';
}
