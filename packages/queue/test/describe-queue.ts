import type { QueueConfig } from '@thumbnail-api/config';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  messageIdFor,
  openConsumer,
  openPublisher,
  type QueueConnection,
  renderJobMessage,
  watchPublisher,
} from '../src/index.ts';

const log = createLogger('test', 'silent');

type Handle = (payload: { jobId: string }) => Promise<void>;

/** Defines the tests that both backends of the queue must pass. Each test has its own queue. */
export function describeQueue(name: string, queueOf: (queueName: string) => QueueConfig): void {
  describe(`the queue on ${name}`, () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createDatabase(inject('services').postgres);
    });
    afterAll(() => database.drop());

    const open = (handle: Handle, concurrency = 1) => {
      const connection: QueueConnection = { queue: queueOf(`test-${Bun.randomUUIDv7()}`), postgres: database.service };
      const publisher = openPublisher(connection, renderJobMessage, log, 30_000);
      const consume = () => openConsumer(connection, { message: renderJobMessage, concurrency, handle, log });
      return { publisher, consume };
    };
    const newId = () => Bun.randomUUIDv7();

    test('delivers a message with the id of its job and nothing else', async () => {
      const received: unknown[] = [];
      const { publisher, consume } = open(async (payload) => void received.push(payload));
      const jobId = newId();
      await publisher.publish({ jobId }, { id: messageIdFor(jobId, 0) });
      const consumer = consume();
      await waitUntil('the message arrives', async () => received.length > 0);
      expect(received).toEqual([{ jobId }]);
      await consumer.close();
      await publisher.close();
    });

    test('watchPublisher reports a message that cannot be published, and throws the error', async () => {
      const { publisher } = open(async () => undefined);
      let failures = 0;
      const watched = watchPublisher(publisher, () => {
        failures += 1;
      });
      const jobId = newId();
      await watched.publish({ jobId }, { id: messageIdFor(jobId, 0) });
      expect(failures).toBe(0);
      await expect(watched.publish({ jobId: 'no id' }, { id: 'x' })).rejects.toThrow();
      expect(failures).toBe(1);
      await publisher.close();
    });

    test('drops a message whose id the queue still holds, and accepts the id again afterwards', async () => {
      const received: string[] = [];
      const { publisher, consume } = open(async ({ jobId }) => void received.push(jobId));
      const jobId = newId();
      const id = messageIdFor(jobId, 0);
      await publisher.publish({ jobId }, { id });
      await publisher.publish({ jobId }, { id });
      expect(await publisher.count()).toBe(1);
      const consumer = consume();
      await waitUntil('the message is handled', async () => received.length === 1 && (await publisher.count()) === 0);
      await publisher.publish({ jobId }, { id });
      await waitUntil('the message arrives again', async () => received.length === 2);
      await consumer.close();
      await publisher.close();
    });

    test('publishes many messages at once, each id once', async () => {
      const { publisher } = open(async () => undefined);
      const messages = Array.from({ length: 1_000 }, newId).map((jobId) => ({
        payload: { jobId },
        id: messageIdFor(jobId, 0),
      }));
      await publisher.publishAll(messages);
      await publisher.publishAll(messages);
      expect(await publisher.count()).toBe(1_000);
      await publisher.close();
    });

    test('does not deliver a message again when its handler throws', async () => {
      let deliveries = 0;
      const { publisher, consume } = open(async () => {
        deliveries += 1;
        throw new Error('the handler failed');
      });
      const first = newId();
      const second = newId();
      await publisher.publish({ jobId: first }, { id: messageIdFor(first, 0) });
      await publisher.publish({ jobId: second }, { id: messageIdFor(second, 0) });
      const consumer = consume();
      await waitUntil('both messages are handled', async () => deliveries >= 2 && (await publisher.count()) === 0);
      expect(deliveries).toBe(2);
      await consumer.close();
      await publisher.close();
    });

    test('close waits for the message in progress', async () => {
      const gate = Promise.withResolvers<void>();
      let isFinished = false;
      let isStarted = false;
      const { publisher, consume } = open(async () => {
        isStarted = true;
        await gate.promise;
        isFinished = true;
      });
      const jobId = newId();
      await publisher.publish({ jobId }, { id: messageIdFor(jobId, 0) });
      const consumer = consume();
      await waitUntil('the handler starts', async () => isStarted);
      const closing = consumer.close();
      gate.resolve();
      await closing;
      expect(isFinished).toBe(true);
      await publisher.close();
    });

    test('handles as many messages at the same time as `concurrency` allows, and no more', async () => {
      let active = 0;
      let activeMax = 0;
      let handled = 0;
      const { publisher, consume } = open(async () => {
        active += 1;
        activeMax = Math.max(activeMax, active);
        await waitUntil('three messages are in progress', async () => activeMax >= 3);
        // Time for a fourth message to arrive, which would be one too many.
        await Bun.sleep(30);
        active -= 1;
        handled += 1;
      }, 3);
      for (const jobId of Array.from({ length: 12 }, newId)) {
        await publisher.publish({ jobId }, { id: messageIdFor(jobId, 0) });
      }
      const consumer = consume();
      await waitUntil('all messages are handled', async () => handled === 12);
      expect(activeMax).toBe(3);
      await consumer.close();
      await publisher.close();
    });

    test('check succeeds for the publisher and the consumer', async () => {
      const { publisher, consume } = open(async () => undefined);
      const consumer = consume();
      await expect(publisher.check()).resolves.toBeUndefined();
      await expect(consumer.check()).resolves.toBeUndefined();
      await consumer.close();
      await publisher.close();
    });
  });
}
