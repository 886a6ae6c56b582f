import type { PostgresConfig, QueueConfig } from '@thumbnail-api/config';
import { type Processor, Queue, Worker, type WorkerOptions, withBackend } from 'bullmq';
import { createBackend } from './create-backend.ts';

/** Where the queue is stored: in the Redis of `queue`, or in the Postgres that also stores the rows. */
export interface QueueConnection {
  queue: QueueConfig;
  postgres: PostgresConfig;
}

/** The part of a BullMQ queue that this package uses, the same on Redis and on Postgres. */
export type BackendQueue = Pick<
  Queue,
  'add' | 'addBulk' | 'close' | 'disconnect' | 'getJobCountByTypes' | 'waitUntilReady'
> &
  ErrorEvents;
/** The part of a BullMQ worker that this package uses, the same on Redis and on Postgres. */
export type BackendWorker = Pick<Worker, 'close' | 'concurrency' | 'isRunning' | 'waitUntilReady'> & WorkerEvents;

interface ErrorEvents {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface WorkerEvents {
  on(event: 'active' | 'drained', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'lockRenewalFailed', listener: (messageIds: string[]) => void): unknown;
}

const onPostgres = withBackend(createBackend);
const connectTimeoutMs = 3_000;
/** A connection that receives no byte for this long while a command waits is closed and opened again. */
const publisherIdleMs = 3_000;
/** Longer than the blocking commands of a worker. */
const consumerIdleMs = 20_000;
const statementTimeoutMs = 10_000;

/**
 * Opens a queue for publishing. While Redis is unavailable a command is tried once more and then rejected.
 *
 * Wait until the queue is ready before the first command: BullMQ never recovers a queue whose first connection failed.
 */
export function openQueue({ queue, postgres }: QueueConnection): BackendQueue {
  return queue.kind === 'redis'
    ? new Queue(queue.name, {
        connection: { ...redisOptions(queue), maxRetriesPerRequest: 1, socketTimeout: publisherIdleMs },
      })
    : new onPostgres.Queue(queue.name, { connection: poolOptions(postgres, 2) });
}

/** Opens a worker. After an `error` event it may be broken for good, or repeat the failed call without a pause. */
export function openWorker(
  { queue, postgres }: QueueConnection,
  process: Processor,
  options: Omit<WorkerOptions, 'connection'>,
): BackendWorker {
  return queue.kind === 'redis'
    ? new Worker(queue.name, process, {
        ...options,
        connection: { ...redisOptions(queue), maxRetriesPerRequest: null, socketTimeout: consumerIdleMs },
      })
    : new onPostgres.Worker(queue.name, process, { ...options, connection: poolOptions(postgres, 4) });
}

/** The options of ioredis, the Redis client of BullMQ. */
export function redisOptions(queue: Extract<QueueConfig, { kind: 'redis' }>) {
  return {
    host: queue.host,
    port: queue.port,
    connectTimeout: connectTimeoutMs,
    ...(queue.password && { password: queue.password.reveal() }),
    ...(queue.tls && { tls: { servername: queue.host } }),
  };
}

/** The options of node-postgres, the Postgres client of BullMQ. The rows are accessed through postgres.js. */
export function poolOptions(postgres: PostgresConfig, max: number) {
  return {
    host: postgres.host,
    port: postgres.port,
    database: postgres.database,
    user: postgres.user,
    ...(postgres.password && { password: postgres.password.reveal() }),
    ssl: postgres.tls,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // For a server that no longer answers: node-postgres then closes the connection.
    query_timeout: statementTimeoutMs + 1_000,
  };
}
