import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { streamBody } from '../http/stream-body.ts';
import type { EventName } from './event-responses.ts';

/** One Server-Sent Event. */
export interface ServerEvent {
  event: EventName;
  /** The `Last-Event-ID` of a client that resumes after this event; one line. */
  id: string;
  /** A JSON text, in one line. */
  data: string;
}

/** Produces the events of a stream until `disconnected` is aborted. */
type OpenEvents = (disconnected: AbortSignal) => AsyncGenerator<ServerEvent>;

const heartbeatMs = 10_000;
const retryMs = 1_000;
const heartbeatFrame = ':\n\n';
const retryFrame = `retry: ${retryMs}\n\n`;
const encoder = new TextEncoder();

/**
 * Streams events to the client until their source ends (HTML, 9.2), with a heartbeat every 10 seconds. The stream is counted
 * as open from the first read of the client. A HEAD request opens no events.
 */
export function sendEvents(
  context: Context<ApiEnv>,
  { metrics }: Pick<ApiDeps, 'metrics'>,
  open: OpenEvents,
): Response {
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
  if (context.req.method === 'HEAD') return context.body(null, 200, headers);
  const disconnected = new AbortController();
  const frames = toFrames(context, metrics, open(disconnected.signal));
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await frames.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        disconnected.abort();
        await frames.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return context.newResponse(streamBody(context, stream), { status: 200, headers });
}

async function* toFrames(
  { var: { log } }: Context<ApiEnv>,
  { eventStreams }: ApiDeps['metrics'],
  events: AsyncGenerator<ServerEvent>,
): AsyncGenerator<string, undefined> {
  eventStreams.inc();
  try {
    yield retryFrame;
    let next = events.next();
    for (;;) {
      const result = await beforeHeartbeat(next);
      if (result?.done) return;
      yield result ? toFrame(result.value) : heartbeatFrame;
      if (result) next = events.next();
    }
  } catch (error) {
    // The stream ends without an error: a client that reconnects gets the problem as its response.
    log.info({ error }, 'event stream ended early');
  } finally {
    eventStreams.dec();
    await events.return(undefined);
  }
}

/** The result of `next`, or null if there is none within one heartbeat interval. */
async function beforeHeartbeat<T>(next: Promise<T>): Promise<T | null> {
  const due = Promise.withResolvers<null>();
  const timer = setTimeout(() => due.resolve(null), heartbeatMs);
  try {
    return await Promise.race([next, due.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const toFrame = ({ event, id, data }: ServerEvent): string => `event: ${event}\nid: ${id}\ndata: ${data}\n\n`;
