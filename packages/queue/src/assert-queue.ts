import { AppError } from '@thumbnail-api/errors';
import { withDeadline } from '@thumbnail-api/resilience';
import type { Logger } from '@thumbnail-api/telemetry';
import { assertSchemaCompatibility, SchemaMigrationRequiredError, SchemaVersionMismatchError } from 'bullmq';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { poolOptions, type QueueConnection, redisOptions } from './backend.ts';

const deadline = { deadlineMs: 3_000, code: 'unavailable', message: 'The queue cannot be reached.' } as const;

/**
 * Returns when what carries the queue keeps what a queue needs: a Redis that evicts nothing, or BullMQ's own schema in
 * Postgres. A Redis that is away is only warned about, since jobs are accepted without it; one that writes nothing to its
 * disk as well.
 *
 * @throws Error with one line that says what to do
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
    assertPromises(info, log);
  } catch (error) {
    if (error instanceof RedisUnfit) throw error;
    log.warn({ error }, 'Redis is out of reach: jobs are accepted and wait until it is back');
  } finally {
    client.disconnect();
  }
}

class RedisUnfit extends Error {}

/** INFO, since a hosted Redis often forbids CONFIG. */
function assertPromises(info: string, log: Logger): void {
  const read = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  const policy = read('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    throw new RedisUnfit(`Redis evicts keys (maxmemory-policy is ${policy}): set maxmemory-policy to noeviction.`);
  }
  if (read('aof_enabled') === '0') {
    log.warn('Redis keeps no append-only file: after a crash of it waiting jobs are delayed by some seconds, not lost');
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
      throw new Error('The schema of the queue is missing: run `bun run migrate` first.', { cause: error });
    if (error instanceof SchemaVersionMismatchError)
      throw new Error('The schema of the queue is newer than this build: start the build that made it.', {
        cause: error,
      });
    throw new AppError(deadline.code, 'The database cannot be reached at the moment.', {
      cause: error,
      retryable: true,
    });
  } finally {
    client.end().catch(() => undefined);
  }
}
