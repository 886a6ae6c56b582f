import { withDeadline } from '@thumbnail-api/resilience';
import type { Logger } from '@thumbnail-api/telemetry';
import type { Job } from 'bullmq';
import { openWorker, type QueueConnection } from './backend.ts';
import type { Message } from './render-job-message.ts';
import { RenewedWorker } from './renewed-worker.ts';

/** Consumes the messages of one queue. */
export interface Consumer {
  /** Returns when the consumer is connected and running; throws otherwise. */
  check(): Promise<void>;
  /** Accepts no more messages, waits for those in progress, then closes the connections. */
  close(): Promise<void>;
}

/** The messages of a consumer and how it handles them. */
export interface ConsumerOptions<Payload> {
  message: Message<Payload>;
  /** The number of messages handled at the same time. */
  concurrency: number;
  /** Handles a message. The message is removed from the queue when this returns or throws. */
  handle: (payload: Payload) => Promise<void>;
  log: Logger;
}

/**
 * BullMQ's own locks and stall check. The lease in the row decides which worker runs a job. The locks only redeliver a
 * message of a worker that died before it claimed the job, so they are short; an extra message does no harm.
 */
const workerOptions = {
  lockDuration: 8_000,
  stalledInterval: 4_000,
  // High, because BullMQ drops a message after this many stalls.
  maxStalledCount: 1_000,
  // The pause after ECONNREFUSED, the only error after which BullMQ makes one.
  runRetryDelay: 1_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
};

/** Starts a consumer. It logs and drops messages with another name or an invalid payload. The caller closes it. */
export function openConsumer<Payload>(connection: QueueConnection, options: ConsumerOptions<Payload>): Consumer {
  const { message, concurrency, handle, log } = options;
  const process = async (job: Job) => {
    const payload = readPayload(message, job);
    if (payload) await handle(payload);
    else log.warn({ messageId: job.id, name: job.name }, 'message dropped: unknown name or invalid payload');
  };
  const worker = new RenewedWorker({
    open: (processor) => openWorker(connection, processor, { ...workerOptions, concurrency }),
    process,
    concurrency,
    log,
  });
  return {
    check: () =>
      withDeadline({ deadlineMs: 2_000, code: 'unavailable', message: 'The queue is unavailable.' }, () =>
        worker.check(),
      ),
    close: () => worker.close(),
  };
}

/** BullMQ also delivers a message of which the queue has lost everything but the id: it then has no name. */
function readPayload<Payload>(message: Message<Payload>, { id, name, data }: Job): Payload | undefined {
  if (name === undefined) return message.recover(id ?? '');
  return name === message.name ? message.payload.safeParse(data).data : undefined;
}
