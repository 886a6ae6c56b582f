import { Secret } from '@thumbnail-api/config';
import { createLogger } from '@thumbnail-api/telemetry';
import { findFreePort, waitUntil } from '@thumbnail-api/testing';
import { describe, expect, inject, test } from 'vitest';
import { messageIdFor, openPublisher, renderJobMessage } from '../src/index.ts';
import { describeQueue } from './describe-queue.ts';

const { redis, postgres } = inject('services');

describe.skipIf(!redis)('with Redis', () => {
  const { host, port, password } = redis ?? { host: '', port: 0, password: undefined };
  const secret = password ? new Secret(password) : undefined;
  describeQueue('Redis', (name) => ({ kind: 'redis', name, host, port, password: secret, tls: false }));
});

test.skipIf(!Bun.which('redis-server'))('a publisher connects to a Redis that starts after it', async () => {
  const port = await findFreePort();
  const queue = { kind: 'redis', name: 'late', host: '127.0.0.1', port, password: undefined, tls: false } as const;
  const connection = { queue, postgres: { ...postgres, password: undefined, tls: false } };
  const publisher = openPublisher(connection, renderJobMessage, createLogger('test', 'silent'));
  await expect(publisher.count()).rejects.toMatchObject({ code: 'unavailable' });
  const late = Bun.spawn(['redis-server', '--port', String(port), '--save', ''], {
    stdout: 'ignore',
    stderr: 'ignore',
  });
  await waitUntil('the publisher connects', async () => (await publisher.count()) === 0);
  await publisher.close();
  late.kill();
  await late.exited;
});

test('publishing fails within its deadline while Redis is unavailable', async () => {
  const connection = {
    queue: {
      kind: 'redis',
      name: 'unavailable',
      host: '127.0.0.1',
      port: await findFreePort(),
      password: undefined,
      tls: false,
    },
    postgres: { ...postgres, password: undefined, tls: false },
  } as const;
  const publisher = openPublisher(connection, renderJobMessage, createLogger('test', 'silent'));
  const jobId = Bun.randomUUIDv7();
  const published = publisher.publish({ jobId }, { id: messageIdFor(jobId, 0) });
  await expect(published).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await publisher.close();
});
