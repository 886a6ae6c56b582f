import { z } from 'zod';
import type { ReportIssue, Values } from '../load-config.ts';
import type { Secret } from '../secret.ts';
import { flag, host, port, secret } from './variables.ts';

/** The queue: on Redis, or in the service's own Postgres. */
export type QueueConfig =
  | { kind: 'redis'; name: string; host: string; port: number; password: Secret | undefined; tls: boolean }
  | { kind: 'postgres'; name: string };

/** The variables that name a queue. */
export const queueVariables = {
  QUEUE: z.enum(['postgres', 'redis']).optional().meta({
    description:
      'Where the queue is: `postgres` (the same Postgres as above) or `redis`. If unset, `REDIS_HOST` is required and the queue is on that Redis.',
  }),
  REDIS_HOST: host()
    .optional()
    .meta({ description: 'Host of the Redis server that holds the queue.', example: 'localhost' }),
  REDIS_PORT: port().default(6379).meta({ description: 'Port of the Redis server.' }),
  REDIS_PASSWORD: secret().optional().meta({ description: 'Password of the Redis server.', example: 'change-me' }),
  REDIS_TLS: flag().default(false).meta({ description: 'Whether to connect to Redis with TLS.' }),
  QUEUE_PROCESS_THUMBNAIL: z
    .string()
    .regex(/^[\w-]+$/, 'expected letters, digits, - and _')
    .default('process-thumbnail')
    .meta({ description: 'Name of the queue.' }),
};

type QueueValues = Values<typeof queueVariables>;

/** Reports missing or contradictory variables of the queue. */
export function checkQueue(env: QueueValues, report: ReportIssue): void {
  if (env.QUEUE === 'postgres' && env.REDIS_HOST)
    report('QUEUE', 'is postgres, but REDIS_HOST is set too: set only one of them');
  if (env.QUEUE === 'redis' && !env.REDIS_HOST) report('REDIS_HOST', 'is required with QUEUE=redis');
  if (!env.QUEUE && !env.REDIS_HOST) report('REDIS_HOST', 'is not set: set it, or set QUEUE=postgres');
}

/** Builds {@link QueueConfig} from the variables. */
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
