import { createHash } from 'node:crypto';
import { idempotencyKeys, type Transaction } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** A key that a client sent with a request, so that it can send the request again. */
export interface IdempotencyKey {
  /** Keys of different owners are different keys. */
  owner: string;
  key: string;
}

/** The job that a key is bound to. */
export interface KeyBinding {
  jobId: string;
  /** From {@link fingerprintOf}. */
  fingerprint: string;
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
 * Reserves a key, runs `work`, and releases the key if `work` throws. A key that is bound to a job already is not reserved:
 * `work` receives it with its binding.
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

/** Identifies what a request asks for: the content and the parsed options. */
export const fingerprintOf = (sha256: string, specs: Spec[]): string =>
  createHash('sha256')
    .update(JSON.stringify([sha256, specs]))
    .digest('hex');

/**
 * Binds a reserved key to its job, in the transaction that inserts the job.
 *
 * @returns false if the reservation has expired and another request has reserved the key
 */
export async function bindKey(transaction: Transaction, reserved: ReservedKey, binding: KeyBinding): Promise<boolean> {
  const rows = await transaction
    .update(idempotencyKeys)
    .set(binding)
    .where(isReservedBy(reserved))
    .returning({ key: idempotencyKeys.key });
  return rows.length > 0;
}

const isReservedBy = ({ owner, key, reservation }: ReservedKey) =>
  and(
    eq(idempotencyKeys.owner, owner),
    eq(idempotencyKeys.key, key),
    eq(idempotencyKeys.reservation, reservation),
    isNull(idempotencyKeys.jobId),
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
  };
  const isAbandoned = sql`(${idempotencyKeys.jobId} is null and ${idempotencyKeys.reservedUntil} < ${now})`;
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
    if (!row?.jobId || !row.fingerprint) throw inFlight();
    return { owner, key, reservation, first: { jobId: row.jobId, fingerprint: row.fingerprint } };
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
