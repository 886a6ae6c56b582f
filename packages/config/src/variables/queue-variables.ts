import { z } from 'zod';
import type { Fault, Values } from '../load-config.ts';
import type { Secret } from '../secret.ts';
import { flag, host, port, secret } from './variables.ts';

/** What carries the messages: Redis, or the Postgres that keeps the rows. */
export type QueueConfig =
  | { kind: 'redis'; name: string; host: string; port: number; password: Secret | undefined; tls: boolean }
  | { kind: 'postgres'; name: string };

/** The variables that name a queue. */
export const queueVariables = {
  QUEUE: z.enum(['postgres', 'redis']).optional().meta({
    description:
      '`postgres` puts the queue into the same Postgres; it must be said aloud. `REDIS_HOST` alone means `redis`.',
  }),
  REDIS_HOST: host()
    .optional()
    .meta({ description: 'Host of the Redis that carries the queue.', example: 'localhost' }),
  REDIS_PORT: port().default(6379).meta({ description: 'Its port.' }),
  REDIS_PASSWORD: secret().optional().meta({ description: 'Its password.', example: 'change-me' }),
  REDIS_TLS: flag().default(false).meta({ description: 'Speak TLS to Redis.' }),
  QUEUE_PROCESS_THUMBNAIL: z
    .string()
    .regex(/^[\w-]+$/, 'expected letters, digits, - and _')
    .default('process-thumbnail')
    .meta({ description: 'Name of the queue.' }),
};

type QueueValues = Values<typeof queueVariables>;

/** Says what is missing or contradictory. */
export function checkQueue(env: QueueValues, fault: Fault): void {
  if (env.QUEUE === 'postgres' && env.REDIS_HOST)
    fault('QUEUE', 'is postgres while REDIS_HOST names a Redis: choose one');
  if (env.QUEUE === 'redis' && !env.REDIS_HOST) fault('REDIS_HOST', 'is needed with QUEUE=redis');
  if (!env.QUEUE && !env.REDIS_HOST) fault('REDIS_HOST', 'is not set: name a Redis, or say QUEUE=postgres');
}

/** Builds the part of the configuration that the variables describe. */
export const toQueueConfig = (env: QueueValues): QueueConfig =>
  env.REDIS_HOST
    ? {
        kind: 'redis',
        name: env.QUEUE_PROCESS_THUMBNAIL,
        host: env.REDIS_HOST,
        port: env.REDIS_PORT,
        password: env.REDIS_PASSWORD,
        tls: env.REDIS_TLS,
      }
    : { kind: 'postgres', name: env.QUEUE_PROCESS_THUMBNAIL };
