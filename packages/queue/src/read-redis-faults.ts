import { withDeadline } from '@thumbnail-api/resilience';
import { Redis } from 'ioredis';
import { type QueueConnection, redisOptions } from './backend.ts';

type RedisQueue = Extract<QueueConnection['queue'], { kind: 'redis' }>;

/** What is wrong with a Redis that answers. Each text is one line that says what to do; null if that is not wrong. */
export interface RedisFaults {
  /** It may delete messages. */
  evicts: string | null;
  /** Another installation uses the queue: each would take the messages of the other. */
  shared: string | null;
  /** Whether it keeps its data over a restart. */
  isDurable: boolean;
}

const deadline = { deadlineMs: 3_000, code: 'unavailable', message: 'The queue is unavailable.' } as const;

/**
 * Reads what is wrong with the Redis of a queue, and claims the queue for this installation if no other one has.
 *
 * The claim is a key beside the queue. It is written again when it is lost, as messages are.
 *
 * @throws Error when Redis does not answer within 3 s or rejects writes
 */
export async function readRedisFaults(queue: RedisQueue, installationId: string): Promise<RedisFaults> {
  const client = new Redis({ ...redisOptions(queue), lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  // The prefix of BullMQ, in case access is restricted to it.
  const key = `bull:${queue.name}:installation`;
  try {
    return await withDeadline(deadline, async () => {
      await client.connect();
      // INFO, because a hosted Redis often forbids CONFIG.
      const info = await client.info();
      await client.set(key, installationId, 'NX');
      const owner = await client.get(key);
      return {
        evicts: describeEviction(info),
        shared: owner && owner !== installationId ? describeOwner(queue.name, key) : null,
        isDurable: readSetting(info, 'aof_enabled') !== '0',
      };
    });
  } finally {
    client.disconnect();
  }
}

const readSetting = (info: string, name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];

function describeEviction(info: string): string | null {
  const policy = readSetting(info, 'maxmemory_policy');
  return policy === undefined || policy === 'noeviction'
    ? null
    : `Redis evicts keys (maxmemory-policy is ${policy}): set maxmemory-policy to noeviction.`;
}

const describeOwner = (name: string, key: string) =>
  `Another installation uses the queue ${name} on this Redis: set QUEUE_PROCESS_THUMBNAIL to another name. If that installation no longer exists, delete the key ${key}.`;
