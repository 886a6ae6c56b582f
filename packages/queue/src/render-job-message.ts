import { z } from 'zod';

/** A kind of message: its name and the schema of its payload. */
export interface Message<Payload> {
  name: string;
  payload: z.ZodType<Payload>;
  /** Reads the payload of a message from its id, in case the queue has lost the rest. Undefined for an unknown id. */
  recover: (id: string) => Payload | undefined;
}

/** Wakes a worker for one run of a job. It carries only the id of the job; everything else is in the row. */
export const renderJobMessage = {
  name: 'render-job',
  payload: z.strictObject({ jobId: z.uuid() }),
  recover: (id) => z.strictObject({ jobId: z.uuid() }).safeParse({ jobId: jobIdOf(id) }).data,
} satisfies Message<{ jobId: string }>;

/** The payload of {@link renderJobMessage}. */
export type RenderJobPayload = z.output<typeof renderJobMessage.payload>;

/**
 * Returns the message id for the next run of a job. `run` is the number of the latest run.
 *
 * Each run has its own id, because BullMQ drops a message with an id that it still holds.
 */
export const messageIdFor = (jobId: string, run: number): string => `${jobId}-${run}`;

/**
 * Returns a message id that was never used before, for a job whose message was lost: the queue may still hold a part of that
 * message, and would drop another one with its id.
 */
export const newMessageIdFor = (jobId: string, run: number): string =>
  `${messageIdFor(jobId, run)}-${Bun.randomUUIDv7()}`;

const jobIdLength = 36;

/** Returns the id of the job that a message is for. */
export const jobIdOf = (messageId: string): string => messageId.slice(0, jobIdLength);
