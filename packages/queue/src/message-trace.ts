import { z } from 'zod';

/** As OpenTelemetry writes a context for BullMQ, so that whoever traces with it finds ours. */
const metadata = z.object({ traceparent: z.string() });

/** The trace of a message as BullMQ carries it. */
export const writeTrace = (traceparent: string): string => JSON.stringify({ traceparent });

/** The `traceparent` that a message carries; undefined where it carries none. */
export function readTrace(carried: string | undefined): string | undefined {
  try {
    return metadata.safeParse(JSON.parse(carried ?? 'null')).data?.traceparent;
  } catch {
    return undefined;
  }
}
