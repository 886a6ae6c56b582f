import { AppError } from '@thumbnail-api/errors';
import type { Logger } from '@thumbnail-api/telemetry';
import { assertSchemaCompatibility, SchemaMigrationRequiredError, SchemaVersionMismatchError } from 'bullmq';
import { Client } from 'pg';
import { poolOptions, type QueueConnection } from './backend.ts';
import { readRedisFaults } from './read-redis-faults.ts';

/**
 * Returns when the backend can hold the queue of this installation: a Redis that evicts no keys and where no other installation
 * uses the queue, or a Postgres with BullMQ's schema.
 *
 * Only logs a warning for a Redis that is unavailable, because jobs are accepted without it, and for a Redis without an
 * append-only file.
 *
 * @throws Error when the backend cannot hold the queue; its message is one line that says what to do
 * @throws AppError `unavailable`, retryable, when Postgres is unavailable
 */
export async function assertQueue(
  { queue, postgres }: QueueConnection,
  installationId: string,
  log: Logger,
): Promise<void> {
  if (queue.kind === 'postgres') return await assertQueueSchema(postgres);
  const faults = await readRedisFaults(queue, installationId).catch((error) => {
    log.warn({ error }, 'Redis unavailable, jobs are accepted and wait until it recovers');
  });
  const fault = faults?.evicts ?? faults?.shared;
  if (fault) throw new Error(fault);
  if (faults?.isDurable === false) {
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
    throw new AppError('unavailable', 'The database is unavailable. Try again later.', {
      cause: error,
      retryable: true,
    });
  } finally {
    client.end().catch(() => undefined);
  }
}
