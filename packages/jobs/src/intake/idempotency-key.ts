import { createHash } from 'node:crypto';
import { idempotencyKeys, type Transaction } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** A key that a client gave to a request which it may send again. */
export interface IdempotencyKey {
  /** Whose key it is: another owner's key of the same name is another key. */
  owner: string;
  key: string;
}

/** A key that this request holds, or one that has its job already. */
export interface ReservedKey extends IdempotencyKey {
  reservation: string;
  /** What the key was used for before; null when this request is the first. */
  first: { jobId: string; fingerprint: string } | null;
}

const keptHours = 24;

/**
 * Holds a key while `work` makes its job, and lets go of it when that fails. A key that has a job already is handed to
 * `work` with it; nothing is held then.
 *
 * A request that dies keeps its key for as long as an upload may take. Keys are kept for 24 hours.
 *
 * @throws AppError `idempotency_in_flight` while another request holds the key, `unavailable`, and what `work` throws
 */
export async function withIdempotencyKey<T>(
  deps: Pick<JobsDeps, 'database' | 'log'>,
  key: IdempotencyKey,
  { uploadDeadlineMs }: { uploadDeadlineMs: number },
  work: (held: ReservedKey) => Promise<T>,
): Promise<T> {
  const held = await reserve(deps, key, uploadDeadlineMs);
  try {
    return await work(held);
  } catch (error) {
    if (!held.first) await release(deps, held);
    throw error;
  }
}

/** What a key stands for: the content and the options, as they were understood. */
export const fingerprintOf = (sha256: string, specs: Spec[]): string =>
  createHash('sha256')
    .update(JSON.stringify([sha256, specs]))
    .digest('hex');

/**
 * Binds a held key to its job, within the transaction that makes the job.
 *
 * @returns false when the key is held by another request now: this one took longer than it may
 */
export async function bindKey(
  transaction: Transaction,
  held: ReservedKey,
  bound: { jobId: string; fingerprint: string },
): Promise<boolean> {
  const rows = await transaction
    .update(idempotencyKeys)
    .set(bound)
    .where(isHeld(held))
    .returning({ key: idempotencyKeys.key });
  return rows.length > 0;
}

const isHeld = ({ owner, key, reservation }: ReservedKey) =>
  and(
    eq(idempotencyKeys.owner, owner),
    eq(idempotencyKeys.key, key),
    eq(idempotencyKeys.reservation, reservation),
    isNull(idempotencyKeys.jobId),
  );

async function reserve(
  { database }: Pick<JobsDeps, 'database'>,
  { owner, key }: IdempotencyKey,
  uploadDeadlineMs: number,
): Promise<ReservedKey> {
  const fresh = {
    reservation: Bun.randomUUIDv7(),
    reservedUntil: sql`clock_timestamp() + ${uploadDeadlineMs} * interval '1 ms'`,
    expiresAt: sql`clock_timestamp() + ${keptHours} * interval '1 hour'`,
    fingerprint: null,
    jobId: null,
  };
  const now = sql`clock_timestamp()`;
  const isDead = sql`(${idempotencyKeys.jobId} is null and ${idempotencyKeys.reservedUntil} < ${now})`;
  const isOver = sql`${idempotencyKeys.expiresAt} < ${now}`;
  const found = await database.run(async (executor) => {
    const [taken] = await executor
      .insert(idempotencyKeys)
      .values({ owner, key, ...fresh })
      .onConflictDoUpdate({
        target: [idempotencyKeys.owner, idempotencyKeys.key],
        set: fresh,
        setWhere: sql`${isDead} or ${isOver}`,
      })
      .returning({ reservation: idempotencyKeys.reservation });
    if (taken) return { first: null };
    const [row] = await executor
      .select()
      .from(idempotencyKeys)
      .where(and(eq(idempotencyKeys.owner, owner), eq(idempotencyKeys.key, key)));
    return row?.jobId && row.fingerprint ? { first: { jobId: row.jobId, fingerprint: row.fingerprint } } : null;
  });
  if (!found) {
    throw new AppError('idempotency_in_flight', 'A request with this Idempotency-Key is still running.', {
      retryAfterSeconds: 1,
    });
  }
  return { owner, key, reservation: fresh.reservation, ...found };
}

/** Best effort: where the database is away the reservation runs out by itself. */
async function release({ database, log }: Pick<JobsDeps, 'database' | 'log'>, held: ReservedKey): Promise<void> {
  await database
    .run((executor) => executor.delete(idempotencyKeys).where(isHeld(held)))
    .catch((error) => log.warn({ error }, 'an idempotency key is held until its upload deadline'));
}
