import { z } from 'zod';

/** The trace context of a message, in the format of BullMQ's OpenTelemetry integration. */
const metadata = z.object({ traceparent: z.string() });

/** Formats a `traceparent` as the telemetry metadata of a message. */
export const writeTrace = (traceparent: string): string => JSON.stringify({ traceparent });

/** Reads the `traceparent` from the telemetry metadata of a message; undefined when it is missing or invalid. */
export function readTrace(text: string | undefined): string | undefined {
  try {
    return metadata.safeParse(JSON.parse(text ?? 'null')).data?.traceparent;
  } catch {
    return undefined;
  }
}
