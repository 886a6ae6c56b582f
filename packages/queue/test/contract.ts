import type { QueueConfig } from '@thumbnail-api/config';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  type MessageContext,
  messageIdFor,
  openConsumer,
  openPublisher,
  type QueueConnection,
  renderJobMessage,
  tracePublisher,
  watchPublisher,
} from '../src/index.ts';

const log = createLogger('test', 'silent');

type Handle = (payload: { jobId: string }, context: MessageContext) => Promise<void>;

/** What both backends of the queue promise; each test has a queue of its own. */
export function describeQueue(name: string, queueOf: (queueName: string) => QueueConfig): void {
  describe(`the queue on ${name}`, () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createDatabase(inject('services').postgres);
    });
    afterAll(() => database.drop());

    const open = (handle: Handle, concurrency = 1) => {
      const connection: QueueConnection = { queue: queueOf(`test-${Bun.randomUUIDv7()}`), postgres: database.config };
      const publisher = openPublisher(connection, renderJobMessage, log, 30_000);
      const consume = () => openConsumer(connection, { message: renderJobMessage, concurrency, handle, log });
      return { publisher, consume };
    };
    const newId = () => Bun.randomUUIDv7();

    test('a message arrives with the id of its job and nothing else', async () => {
      const seen: unknown[] = [];
      const { publisher, consume } = open(async (payload) => void seen.push(payload));
      const jobId = newId();
      await publisher.publish({ jobId }, { id: messageIdFor(jobId, 0) });
      const consumer = consume();
      await waitUntil('the message arrives', async () => seen.length > 0);
      expect(seen).toEqual([{ jobId }]);
      await consumer.close();
      await publisher.close();
    });

    test('a message brings the trace of its sender along, and one without a trace brings none', async () => {
      const seen: unknown[] = [];
      const { publisher, consume } = open(async (payload, context) => void seen.push([payload, context]));
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      const [withTrace, plain] = [newId(), newId()];
      await tracePublisher(publisher, traceparent).publish({ jobId: withTrace }, { id: messageIdFor(withTrace, 0) });
      await publisher.publish({ jobId: plain }, { id: messageIdFor(plain, 0) });
      const consumer = consume();
      await waitUntil('both arrive', async () => seen.length === 2);
      expect(seen).toEqual([
        [{ jobId: withTrace }, { traceparent }],
        [{ jobId: plain }, { traceparent: undefined }],
      ]);
      await consumer.close();
      await publisher.close();
    });

    test('a message that is not taken is told, and thrown as before', async () => {
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

    test('an id that is still held is dropped; once it is done it can be published again', async () => {
      const seen: string[] = [];
      const { publisher, consume } = open(async ({ jobId }) => void seen.push(jobId));
      const jobId = newId();
      const id = messageIdFor(jobId, 0);
      await publisher.publish({ jobId }, { id });
      await publisher.publish({ jobId }, { id });
      expect(await publisher.count()).toBe(1);
      const consumer = consume();
      await waitUntil('the message is done', async () => seen.length === 1 && (await publisher.count()) === 0);
      await publisher.publish({ jobId }, { id });
      await waitUntil('the message arrives again', async () => seen.length === 2);
      await consumer.close();
      await publisher.close();
    });

    test('a message whose work throws is not delivered again: the row decides what is next', async () => {
      let deliveries = 0;
      const { publisher, consume } = open(async () => {
        deliveries += 1;
        throw new Error('the work failed');
      });
      const first = newId();
      const second = newId();
      await publisher.publish({ jobId: first }, { id: messageIdFor(first, 0) });
      await publisher.publish({ jobId: second }, { id: messageIdFor(second, 0) });
      const consumer = consume();
      await waitUntil('both are done', async () => deliveries >= 2 && (await publisher.count()) === 0);
      expect(deliveries).toBe(2);
      await consumer.close();
      await publisher.close();
    });

    test('closing waits for the message at work', async () => {
      const gate = Promise.withResolvers<void>();
      let ended = false;
      let begun = false;
      const { publisher, consume } = open(async () => {
        begun = true;
        await gate.promise;
        ended = true;
      });
      const jobId = newId();
      await publisher.publish({ jobId }, { id: messageIdFor(jobId, 0) });
      const consumer = consume();
      await waitUntil('the work begins', async () => begun);
      const closing = consumer.close();
      gate.resolve();
      await closing;
      expect(ended).toBe(true);
      await publisher.close();
    });

    test('as many messages are at work at a time as was said', async () => {
      let atWork = 0;
      let most = 0;
      let done = 0;
      const { publisher, consume } = open(async () => {
        atWork += 1;
        most = Math.max(most, atWork);
        await waitUntil('three are at work', async () => most >= 3);
        // For one more, which would be too many.
        await Bun.sleep(30);
        atWork -= 1;
        done += 1;
      }, 3);
      for (const jobId of Array.from({ length: 12 }, newId)) {
        await publisher.publish({ jobId }, { id: messageIdFor(jobId, 0) });
      }
      const consumer = consume();
      await waitUntil('all are done', async () => done === 12);
      expect(most).toBe(3);
      await consumer.close();
      await publisher.close();
    });

    test('both ends say that they are well', async () => {
      const { publisher, consume } = open(async () => undefined);
      const consumer = consume();
      await expect(publisher.check()).resolves.toBeUndefined();
      await expect(consumer.check()).resolves.toBeUndefined();
      await consumer.close();
      await publisher.close();
    });
  });
}
