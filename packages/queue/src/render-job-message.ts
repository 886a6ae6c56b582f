import { z } from 'zod';

/** A kind of message: its name and the schema of its payload. */
export interface Message<Payload> {
  name: string;
  payload: z.ZodType<Payload>;
}

/** Wakes a worker for one run of a job. It carries only the id of the job; everything else is in the row. */
export const renderJobMessage = {
  name: 'render-job',
  payload: z.strictObject({ jobId: z.uuid() }),
} satisfies Message<{ jobId: string }>;

/** The payload of {@link renderJobMessage}. */
export type RenderJobPayload = z.output<typeof renderJobMessage.payload>;

/**
 * Returns the message id for the next run of a job. `run` is the number of the latest run.
 *
 * Each run has its own id, because BullMQ drops a message with an id that it still holds.
 */
export const messageIdFor = (jobId: string, run: number): string => `${jobId}-${run}`;
