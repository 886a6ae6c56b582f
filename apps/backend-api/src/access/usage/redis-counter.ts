import type { QueueConfig } from '@thumbnail-api/config';
import { redisOptions } from '@thumbnail-api/queue';
import type { Logger } from '@thumbnail-api/telemetry';
import { Redis } from 'ioredis';
import type { UsageCounter } from './usage-counter.ts';

/** Adds and sets the expiry in one round trip, so that no key stays without an expiry. */
const script = `
local used = redis.call('INCRBY', KEYS[1], ARGV[1])
local remaining = redis.call('PTTL', KEYS[1])
if remaining < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  remaining = tonumber(ARGV[2])
end
return { used, remaining }`;

/**
 * Counts in Redis, by its clock, for every process on the same Redis and queue name. Fails at once while Redis is unavailable,
 * and reconnects by itself.
 */
export function openRedisCounter(
  redis: Extract<QueueConfig, { kind: 'redis' }>,
  windowMs: number,
  log: Logger,
): UsageCounter {
  const client = new Redis({
    ...redisOptions(redis),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // A server that hangs sends nothing: drop the connection and reconnect.
    socketTimeout: 3_000,
    retryStrategy: (tries) => Math.min(tries * 100, 1_000),
  });
  client.on('error', (error) => log.debug({ error }, 'shared usage counter unavailable'));
  return {
    add: async (key, amount) => {
      const answer = await client.eval(script, 1, `usage:${redis.name}:${key}`, amount, windowMs);
      const [used, resetMs] = (answer as unknown[]).map(Number);
      return { used: used ?? 0, resetMs: resetMs ?? 0 };
    },
    close: async () => client.disconnect(),
  };
}
