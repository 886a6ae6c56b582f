import { AppError } from '@thumbnail-api/errors';
import { withDeadline } from '@thumbnail-api/resilience';
import type { Logger } from '@thumbnail-api/telemetry';
import { openQueue, type QueueConnection, type SendingEnd } from './backend.ts';
import type { Message } from './message.ts';
import { writeTrace } from './message-trace.ts';

/** How one message is sent. */
export interface PublishOptions {
  /** A message with an id that the queue still holds is dropped silently. No `:`, not only digits. */
  id: string;
  /** The trace that this message belongs to (W3C); it travels in the field of BullMQ's own telemetry. */
  traceparent?: string;
}

/**
 * The sending end of one queue. It holds no message back: that would be counted by the clock of whoever asks for it, so
 * what shall wait is published when its time has come.
 */
export interface Publisher<Payload> {
  /**
   * Hands a message to the queue. Postgres is the truth: a message that is lost is published again by the sweep.
   *
   * @throws AppError `unavailable`, retryable, after a second at most or what the end was opened with
   */
  publish(payload: Payload, options: PublishOptions): Promise<void>;
  /** How many messages the queue holds, whatever their state. Throws as {@link Publisher.publish} does. */
  count(): Promise<number>;
  /** How many messages could be delivered now and are not at work. Throws as {@link Publisher.publish} does. */
  countWaiting(): Promise<number>;
  /** Returns when the queue answers; throws otherwise. */
  check(): Promise<void>;
  /** Lets go of the connections. */
  close(): Promise<void>;
}

const unavailable = { code: 'unavailable', message: 'The queue cannot be reached.' } as const;

/** Opens the sending end of the queue that carries `message`; nobody waits longer than `deadlineMs` for the queue. */
export function openPublisher<Payload>(
  connection: QueueConnection,
  message: Message<Payload>,
  log: Logger,
  deadlineMs = 1_000,
): Publisher<Payload> {
  let opening: Promise<SendingEnd> | undefined;
  let ready: SendingEnd | undefined;
  let attempt: SendingEnd | undefined;
  const open = async () => {
    const queue = openQueue(connection);
    attempt = queue;
    queue.on('error', (error) => log.warn({ error }, 'the queue is out of reach; the sweep publishes what waits'));
    try {
      await queue.waitUntilReady();
      ready = queue;
      return queue;
    } catch (error) {
      opening = undefined;
      queue.disconnect().catch(() => undefined);
      throw error;
    }
  };
  const answered = async <T>(work: (queue: SendingEnd) => Promise<T>): Promise<T> => {
    try {
      return await withDeadline({ ...unavailable, deadlineMs }, async () => {
        opening ??= open();
        return work(await opening);
      });
    } catch (error) {
      throw error instanceof AppError
        ? error
        : new AppError(unavailable.code, unavailable.message, { cause: error, retryable: true });
    }
  };
  const count = () => answered((queue) => queue.getJobCountByTypes('waiting', 'active'));

  return {
    publish: (payload, { id, traceparent }) =>
      answered(async (queue) => {
        const telemetry = traceparent && { telemetry: { metadata: writeTrace(traceparent) } };
        const options = { jobId: id, attempts: 1, removeOnComplete: true, removeOnFail: true };
        await queue.add(message.name, message.payload.parse(payload), { ...options, ...telemetry });
      }),
    count,
    countWaiting: () => answered((queue) => queue.getJobCountByTypes('waiting')),
    check: async () => {
      await count();
    },
    close: async () => {
      // One that never got ready has nothing to wait for.
      if (ready) await ready.close();
      else attempt?.disconnect().catch(() => undefined);
    },
  };
}
