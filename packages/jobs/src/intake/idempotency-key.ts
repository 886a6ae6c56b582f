import { createHash } from 'node:crypto';
import { idempotencyKeys, type Transaction } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** A key that a client sent with a request, so that it can send the request again. */
export interface IdempotencyKey {
  /** Keys of different owners are different keys. */
  owner: string;
  key: string;
}

/** What a request with a key has created or changed: a job, a batch, or a result that has no row of its own. */
export interface KeyBinding {
  /** From {@link fingerprintOf}. */
  fingerprint: string;
  jobId?: string | null;
  batchId?: string | null;
  result?: unknown;
}

/** A key that this request has reserved, or one that was bound before. */
export interface ReservedKey extends IdempotencyKey {
  /** Id of the reservation. */
  reservation: string;
  /** What an earlier request bound the key to; null if this request has reserved it. */
  first: KeyBinding | null;
}

const keptHours = 24;

/**
 * Reserves a key, runs `work`, and releases the key if `work` throws. A key that is bound already is not reserved: `work`
 * receives it with its binding.
 *
 * A reservation expires after the upload deadline, so that a process that crashed does not block its keys. Keys are kept for
 * 24 hours.
 *
 * @throws AppError `idempotency_in_flight` if another request has reserved the key, `unavailable`, or what `work` throws
 */
export async function withIdempotencyKey<T>(
  deps: Pick<JobsDeps, 'database' | 'log'>,
  key: IdempotencyKey,
  limits: { uploadDeadlineMs: number },
  work: (reserved: ReservedKey) => Promise<T>,
): Promise<T> {
  const reserved = await reserveKey(deps, key, limits);
  try {
    return await work(reserved);
  } catch (error) {
    if (!reserved.first) await releaseKey(deps, reserved);
    throw error;
  }
}

/**
 * Identifies what a request asks for. Requests of different kinds have different parts: an upload its SHA-256 and its specs, any
 * other request its name first.
 */
export const fingerprintOf = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/**
 * Asserts that a request asks for the same as the first one with its key.
 *
 * @throws AppError `idempotency_mismatch`
 */
export function assertSameRequest(first: KeyBinding, fingerprint: string): void {
  if (first.fingerprint === fingerprint) return;
  throw new AppError(
    'idempotency_mismatch',
    'This Idempotency-Key was used with another request: another file, other options, or another address. Use a new key.',
  );
}

/**
 * Binds a reserved key, in the transaction of the change that it stands for.
 *
 * @throws AppError `unavailable` if the reservation has expired and another request has reserved the key
 */
export async function bindKey(transaction: Transaction, reserved: ReservedKey, binding: KeyBinding): Promise<void> {
  const rows = await transaction
    .update(idempotencyKeys)
    .set(binding)
    .where(isReservedBy(reserved))
    .returning({ key: idempotencyKeys.key });
  if (rows.length === 0) throw requestTooLate();
}

/** The error for a request that was overtaken by its deadline, or by another one with its key. */
export const requestTooLate = (): AppError =>
  new AppError('unavailable', 'The request could not be saved before its deadline. Send it again.', {
    retryable: true,
  });

const isReservedBy = ({ owner, key, reservation }: ReservedKey) =>
  and(
    eq(idempotencyKeys.owner, owner),
    eq(idempotencyKeys.key, key),
    eq(idempotencyKeys.reservation, reservation),
    isNull(idempotencyKeys.fingerprint),
  );

async function reserveKey(
  { database }: Pick<JobsDeps, 'database'>,
  { owner, key }: IdempotencyKey,
  { uploadDeadlineMs }: { uploadDeadlineMs: number },
): Promise<ReservedKey> {
  const now = sql`clock_timestamp()`;
  const reservation = Bun.randomUUIDv7();
  const values = {
    reservation,
    reservedUntil: sql`${now} + ${uploadDeadlineMs} * interval '1 ms'`,
    expiresAt: sql`${now} + ${keptHours} * interval '1 hour'`,
    fingerprint: null,
    jobId: null,
    batchId: null,
    result: null,
  };
  const isAbandoned = sql`(${idempotencyKeys.fingerprint} is null and ${idempotencyKeys.reservedUntil} < ${now})`;
  const isExpired = sql`${idempotencyKeys.expiresAt} < ${now}`;
  return await database.run(async (executor) => {
    const reserved = await executor
      .insert(idempotencyKeys)
      .values({ owner, key, ...values })
      .onConflictDoUpdate({
        target: [idempotencyKeys.owner, idempotencyKeys.key],
        set: values,
        setWhere: sql`${isAbandoned} or ${isExpired}`,
      })
      .returning({ reservation: idempotencyKeys.reservation });
    if (reserved.length > 0) return { owner, key, reservation, first: null };
    const [row] = await executor
      .select()
      .from(idempotencyKeys)
      .where(and(eq(idempotencyKeys.owner, owner), eq(idempotencyKeys.key, key)));
    if (!row?.fingerprint) throw inFlight();
    const { fingerprint, jobId, batchId, result } = row;
    return { owner, key, reservation, first: { fingerprint, jobId, batchId, result } };
  });
}

const inFlight = () =>
  new AppError('idempotency_in_flight', 'Another request with this Idempotency-Key is in progress. Try again later.', {
    retryAfterSeconds: 1,
  });

/** Best effort: while the database is unavailable, the reservation expires by itself. */
async function releaseKey({ database, log }: Pick<JobsDeps, 'database' | 'log'>, reserved: ReservedKey): Promise<void> {
  await database
    .run((executor) => executor.delete(idempotencyKeys).where(isReservedBy(reserved)))
    .catch((error) => log.warn({ error }, 'idempotency key not released, it expires with the upload deadline'));
}
