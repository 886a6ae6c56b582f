import { openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { createLogger } from '@thumbnail-api/telemetry';
import type { Stack } from './start-stack.ts';

/**
 * Publishes messages for a job without the API, one for each message id, and returns how many messages the queue holds
 * afterwards.
 */
export async function sendMessages({ redis, database }: Stack, jobId: string, ids: string[]): Promise<number> {
  const name = 'process-thumbnail';
  const queue = redis
    ? ({ kind: 'redis', name, host: redis.host, port: redis.port, password: undefined, tls: false } as const)
    : ({ kind: 'postgres', name } as const);
  const publisher = openPublisher({ queue, postgres: database }, renderJobMessage, createLogger('faults', 'silent'));
  for (const id of ids) await publisher.publish({ jobId }, { id });
  const count = await publisher.count();
  await publisher.close();
  return count;
}
