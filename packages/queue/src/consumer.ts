import { AppError } from '@thumbnail-api/errors';
import { withDeadline } from '@thumbnail-api/resilience';
import type { Logger } from '@thumbnail-api/telemetry';
import { openWorker, type QueueConnection } from './backend.ts';
import type { Message } from './message.ts';
import { readTrace } from './message-trace.ts';

/** The receiving end of one queue. */
export interface Consumer {
  /** Returns when messages can arrive; throws otherwise. */
  check(): Promise<void>;
  /** Takes no more messages, waits for those at work, then lets go of the connections. */
  close(): Promise<void>;
}

/** What came with a message beside its payload. */
export interface MessageContext {
  /** The trace that its sender named (W3C). */
  traceparent: string | undefined;
}

/** What a consumer needs. */
export interface ConsumerOptions<Payload> {
  message: Message<Payload>;
  /** How many messages are at work at a time. */
  concurrency: number;
  /** Does the work. The message is acknowledged when this returns; what it throws ends the message too. */
  handle: (payload: Payload, context: MessageContext) => Promise<void>;
  log: Logger;
}

/**
 * BullMQ's own locks and stall check: only the second net, since the lease in the row decides. They alone bring back a
 * message whose worker died between taking it and claiming its job, hence so short; a message too many does no harm.
 */
const lockDurationMs = 8_000;
const stallCheckMs = 4_000;
/** A stall is settled by the lease and never by BullMQ, which would count it against the message. */
const stallsMax = 1_000;

/** Starts to take messages. A payload that is not what it should be is logged and dropped. */
export function openConsumer<Payload>(connection: QueueConnection, options: ConsumerOptions<Payload>): Consumer {
  const { message, handle, log } = options;
  const worker = openWorker(
    connection,
    async (job) => {
      const parsed = message.payload.safeParse(job.data);
      const traceparent = readTrace(job.opts.telemetry?.metadata);
      if (job.name === message.name && parsed.success) await handle(parsed.data, { traceparent });
      else log.warn({ messageId: job.id, name: job.name }, 'dropped a message that is none of ours');
    },
    {
      concurrency: options.concurrency,
      lockDuration: lockDurationMs,
      stalledInterval: stallCheckMs,
      maxStalledCount: stallsMax,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  worker.on('error', (error) => log.warn({ error }, 'the queue is out of reach; waiting for it'));

  return {
    check: () =>
      withDeadline({ deadlineMs: 2_000, code: 'unavailable', message: 'The queue cannot be reached.' }, async () => {
        await worker.waitUntilReady();
        if (!worker.isRunning()) throw new AppError('unavailable', 'The worker takes no messages.');
      }),
    close: () => worker.close(),
  };
}
