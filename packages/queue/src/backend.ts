import type { PostgresConfig, QueueConfig } from '@thumbnail-api/config';
import { createPostgresBackend, type Processor, Queue, Worker, type WorkerOptions, withBackend } from 'bullmq';

/** What a queue stands on: the Redis that `queue` names, or the Postgres that keeps the rows. */
export interface QueueConnection {
  queue: QueueConfig;
  postgres: PostgresConfig;
}

/** What is used of a BullMQ queue, whatever is behind it. */
export type SendingEnd = Pick<Queue, 'add' | 'close' | 'disconnect' | 'getJobCountByTypes' | 'waitUntilReady'> &
  ErrorEvents;
/** What is used of a BullMQ worker, whatever is behind it. */
export type ReceivingEnd = Pick<Worker, 'close' | 'isRunning' | 'waitUntilReady'> & ErrorEvents;

interface ErrorEvents {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

const onPostgres = withBackend(createPostgresBackend);
const connectTimeoutMs = 3_000;
/** A connection on which a command waits this long for any byte is dropped and made anew. */
const publisherSilenceMs = 3_000;
/** Above the time for which a worker asks Redis to hold a command back. */
const consumerSilenceMs = 20_000;
const queryTimeoutMs = 10_000;

/**
 * The sending end. A producer fails fast: while Redis is away a command is tried once more and then rejected.
 *
 * It must be ready once before that holds: BullMQ gives a queue up for good whose Redis is away when it is made.
 */
export function openQueue({ queue, postgres }: QueueConnection): SendingEnd {
  return queue.kind === 'redis'
    ? new Queue(queue.name, {
        connection: { ...redisOptions(queue), maxRetriesPerRequest: 1, socketTimeout: publisherSilenceMs },
      })
    : new onPostgres.Queue(queue.name, { connection: poolOptions(postgres, 2) });
}

/** The receiving end. A worker waits for ever: a Redis that comes back finds it there. */
export function openWorker(
  { queue, postgres }: QueueConnection,
  process: Processor,
  options: Omit<WorkerOptions, 'connection'>,
): ReceivingEnd {
  return queue.kind === 'redis'
    ? new Worker(queue.name, process, {
        ...options,
        connection: { ...redisOptions(queue), maxRetriesPerRequest: null, socketTimeout: consumerSilenceMs },
      })
    : new onPostgres.Worker(queue.name, process, { ...options, connection: poolOptions(postgres, 4) });
}

/** Options of ioredis, which BullMQ speaks. */
export function redisOptions(queue: Extract<QueueConfig, { kind: 'redis' }>) {
  return {
    host: queue.host,
    port: queue.port,
    connectTimeout: connectTimeoutMs,
    ...(queue.password && { password: queue.password.reveal() }),
    ...(queue.tls && { tls: { servername: queue.host } }),
  };
}

/** Options of node-postgres, which BullMQ speaks; the rows go through postgres.js. */
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
    statement_timeout: queryTimeoutMs,
    // Where the server cannot speak any more; node-postgres drops the connection then.
    query_timeout: queryTimeoutMs + 1_000,
  };
}
