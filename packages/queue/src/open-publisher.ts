import { AppError } from '@thumbnail-api/errors';
import { withDeadline } from '@thumbnail-api/resilience';
import type { Logger } from '@thumbnail-api/telemetry';
import type { BackendQueue, QueueConnection } from './backend.ts';
import type { Publisher } from './publisher.ts';
import { QueueConnector } from './queue-connector.ts';
import type { Message } from './render-job-message.ts';

const unavailable = { code: 'unavailable', message: 'The queue is unavailable. Try again later.' } as const;

/**
 * Opens a publisher for `message`. Its first call connects. No call takes longer than `deadlineMs`. The caller closes
 * it.
 */
export function openPublisher<Payload>(
  connection: QueueConnection,
  message: Message<Payload>,
  log: Logger,
  deadlineMs = 1_000,
): Publisher<Payload> {
  const connector = new QueueConnector(connection, log);
  const call = async <T>(work: (queue: BackendQueue) => Promise<T>): Promise<T> => {
    try {
      const result = await withDeadline({ ...unavailable, deadlineMs }, async () => work(await connector.connect()));
      connector.worked();
      return result;
    } catch (error) {
      connector.failed(error);
      if (error instanceof AppError) throw error;
      throw new AppError(unavailable.code, unavailable.message, { cause: error, retryable: true });
    }
  };
  const count = () => call((queue) => queue.getJobCountByTypes('waiting', 'active'));

  return {
    publish: (payload, { id }) =>
      call(async (queue) => {
        await queue.add(message.name, message.payload.parse(payload), optionsOf(id));
      }),
    publishAll: (messages) =>
      call(async (queue) => {
        const { name } = message;
        await queue.addBulk(
          messages.map(({ payload, id }) => ({ name, data: message.payload.parse(payload), opts: optionsOf(id) })),
        );
      }),
    count,
    countWaiting: () => call((queue) => queue.getJobCountByTypes('waiting')),
    check: async () => {
      await count();
    },
    close: () => connector.close(),
  };
}

const optionsOf = (id: string) => ({ jobId: id, attempts: 1, removeOnComplete: true, removeOnFail: true });
