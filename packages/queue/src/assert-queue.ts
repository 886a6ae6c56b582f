import { AppError } from '@thumbnail-api/errors';
import { withDeadline } from '@thumbnail-api/resilience';
import type { Logger } from '@thumbnail-api/telemetry';
import { assertSchemaCompatibility, SchemaMigrationRequiredError, SchemaVersionMismatchError } from 'bullmq';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { poolOptions, type QueueConnection, redisOptions } from './backend.ts';

const deadline = { deadlineMs: 3_000, code: 'unavailable', message: 'The queue is unavailable.' } as const;

/**
 * Returns when the backend can hold the queue: a Redis that evicts no keys, or a Postgres with BullMQ's schema.
 *
 * Only logs a warning for a Redis that is unavailable, because jobs are accepted without it, and for a Redis without an
 * append-only file.
 *
 * @throws Error when the backend cannot hold the queue; its message is one line that says what to do
 * @throws AppError `unavailable`, retryable, when Postgres is unavailable
 */
export async function assertQueue({ queue, postgres }: QueueConnection, log: Logger): Promise<void> {
  if (queue.kind === 'postgres') return await assertQueueSchema(postgres);
  const client = new Redis({ ...redisOptions(queue), lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    const info = await withDeadline(deadline, async () => {
      await client.connect();
      return client.info();
    });
    assertRedisSettings(info, log);
  } catch (error) {
    if (error instanceof RedisMisconfigured) throw error;
    log.warn({ error }, 'Redis unavailable, jobs are accepted and wait until it recovers');
  } finally {
    client.disconnect();
  }
}

class RedisMisconfigured extends Error {}

/** Reads the settings from INFO, because a hosted Redis often forbids CONFIG. */
function assertRedisSettings(info: string, log: Logger): void {
  const read = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  const policy = read('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    throw new RedisMisconfigured(
      `Redis evicts keys (maxmemory-policy is ${policy}): set maxmemory-policy to noeviction.`,
    );
  }
  if (read('aof_enabled') === '0') {
    log.warn('Redis has no append-only file: if Redis crashes, waiting jobs are delayed by some seconds, but not lost');
  }
}

async function assertQueueSchema(postgres: QueueConnection['postgres']): Promise<void> {
  const client = new Client(poolOptions(postgres, 1));
  client.on('error', () => undefined);
  try {
    await client.connect();
    await assertSchemaCompatibility(client);
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError)
      throw new Error('The queue schema is missing: run `bun run migrate` first.', { cause: error });
    if (error instanceof SchemaVersionMismatchError)
      throw new Error('The queue schema is newer than this build: start a newer build.', {
        cause: error,
      });
    throw new AppError(deadline.code, 'The database is unavailable. Try again later.', {
      cause: error,
      retryable: true,
    });
  } finally {
    client.end().catch(() => undefined);
  }
}
