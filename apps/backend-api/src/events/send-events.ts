import type { Context } from 'hono';
import { findSubject, type RateLimitDeps } from '../access/limit-requests.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { streamBody } from '../http/stream-body.ts';
import type { EventName } from './event-responses.ts';
import type { StreamSlots } from './stream-slots.ts';

/** One Server-Sent Event. */
export interface ServerEvent {
  event: EventName;
  /** The `Last-Event-ID` of a client that resumes after this event; one line. */
  id: string;
  /** A JSON text, in one line. */
  data: string;
}

/** What event streams work with. */
export interface EventDeps extends RateLimitDeps {
  slots: StreamSlots;
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
 *
 * @throws AppError `rate_limited` if the owner or the address has too many streams
 */
export function sendEvents(context: Context<ApiEnv>, { slots, ...deps }: EventDeps, open: OpenEvents): Response {
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
  if (context.req.method === 'HEAD') return context.body(null, 200, headers);
  const subjects = (['owner', 'address'] as const).flatMap((by) => findSubject(context, deps, by) ?? []);
  const release = slots.acquire(subjects);
  // Also for a client that disconnects before it reads: its stream is neither pulled nor cancelled.
  context.req.raw.signal.addEventListener('abort', release, { once: true });
  if (context.req.raw.signal.aborted) release();
  const disconnected = new AbortController();
  const frames = toFrames(context, deps.metrics, open(disconnected.signal), release);
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await frames.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        release();
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
  release: () => void,
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
    release();
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
