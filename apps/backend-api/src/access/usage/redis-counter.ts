import type { QueueConfig } from '@thumbnail-api/config';
import { redisOptions } from '@thumbnail-api/queue';
import type { Logger } from '@thumbnail-api/telemetry';
import { Redis } from 'ioredis';
import type { Counter } from './usage-counter.ts';

/** One round trip, and a key never stays without an end. */
const script = `
local used = redis.call('INCRBY', KEYS[1], ARGV[1])
local rest = redis.call('PTTL', KEYS[1])
if rest < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  rest = tonumber(ARGV[2])
end
return { used, rest }`;

/**
 * Counts in Redis, shared by all who name the same one, on its clock. Fails fast while Redis is away and comes back by
 * itself.
 */
export function openRedisCounter(
  redis: Extract<QueueConfig, { kind: 'redis' }>,
  windowMs: number,
  log: Logger,
): Counter {
  const client = new Redis({
    ...redisOptions(redis),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // Silence is what a hung server gives: its connection is dropped and made anew.
    socketTimeout: 3_000,
    retryStrategy: (tries) => Math.min(tries * 100, 1_000),
  });
  client.on('error', (error) => log.debug({ error }, 'the shared counter is out of reach'));
  return {
    add: async (key, amount) => {
      const answer = await client.eval(script, 1, `usage:${redis.name}:${key}`, amount, windowMs);
      const [used, resetMs] = (answer as unknown[]).map(Number);
      return { used: used ?? 0, resetMs: resetMs ?? 0 };
    },
    close: async () => client.disconnect(),
  };
}
