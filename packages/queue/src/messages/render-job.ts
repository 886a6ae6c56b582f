import { z } from 'zod';
import type { Message } from '../message.ts';

/** The wake-up call for one run of a job. It carries the id and nothing else: the row is the truth. */
export const renderJobMessage = {
  name: 'render-job',
  payload: z.strictObject({ jobId: z.uuid() }),
} satisfies Message<{ jobId: string }>;

/** The payload of {@link renderJobMessage}. */
export type RenderJobPayload = z.output<typeof renderJobMessage.payload>;

/**
 * The id of the message for a job's next run. BullMQ ignores an id that it still holds, so each run has its own.
 * `run` is the number of the latest run that began.
 */
export const messageIdFor = (jobId: string, run: number): string => `${jobId}-${run}`;
