import { AppError } from '@thumbnail-api/errors';
import { DrizzleQueryError } from 'drizzle-orm';

/** The public message of every `unavailable` error of this package. */
export const unavailableMessage = 'The database is unavailable. Try again later.';

/** The connection failed while a COMMIT was in progress: the transaction may or may not be committed. */
export class CommitUnknown extends AppError {
  constructor(cause: unknown) {
    super('unavailable', unavailableMessage, { cause, retryable: true });
  }
}

/** The SQLSTATE of a server that accepts no changes: a standby, or a primary that became one. */
const readOnlyCode = '25006';

/**
 * Reports whether an error means that Postgres is unavailable: a failed connection, SQLSTATE class 08, 53 or 57, or
 * 25006 (a read-only standby).
 */
export function isUnavailable(error: unknown): boolean {
  const code = readCode(error);
  return (
    /^(CONNECT|CONNECTION_|ECONN|ENET|EHOST|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ERR_TLS|ERR_SSL)/.test(code) ||
    /^(08|53|57)...$/.test(code) ||
    code === readOnlyCode
  );
}

/** Reports whether the server rejected a change because it is read-only. */
export const isReadOnly = (error: unknown): boolean => readCode(error) === readOnlyCode;

/**
 * Reports whether the server rejected a statement, so that it changed nothing. False when the server was shutting down,
 * because it may have committed the statement.
 */
export function isRejectedByServer(error: unknown): boolean {
  const source = findSource(error instanceof AppError ? error.cause : error);
  return source instanceof Error && source.name === 'PostgresError' && !/^(08|57P0[12])/.test(readCode(source));
}

/** Reads the SQLSTATE or the code of the connection error; empty if there is none. */
export function readCode(error: unknown): string {
  const source = findSource(error);
  return source instanceof Error && 'code' in source ? String(source.code) : '';
}

const findSource = (error: unknown) => (error instanceof DrizzleQueryError ? error.cause : error);
