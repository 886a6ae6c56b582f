import type { Logger } from '@thumbnail-api/telemetry';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';
import { streamBody } from '../http/stream-body.ts';

/** One Server-Sent Event; `data` goes out as JSON. */
export interface ServerEvent {
  event: string;
  /** What `Last-Event-ID` will say. One line. */
  id: string;
  data: unknown;
}

const heartbeatMs = 10_000;
const retryMs = 1_000;
const encoder = new TextEncoder();
const heartbeat = encoder.encode(':\n\n');

/**
 * Streams events until their source ends (HTML, 9.2), with a heartbeat every 10 s. `open` is called once somebody reads;
 * the signal it is given says that the client has left. A HEAD request opens nothing.
 */
export function sendEvents(
  context: Context<ApiEnv>,
  open: (gone: AbortSignal) => AsyncGenerator<ServerEvent>,
): Response {
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
  if (context.req.method === 'HEAD') return context.body(null, 200, headers);
  return context.newResponse(streamBody(context, eventStream(open, context.var.log)), { status: 200, headers });
}

function eventStream(
  open: (gone: AbortSignal) => AsyncGenerator<ServerEvent>,
  log: Logger,
): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  let events: AsyncGenerator<ServerEvent>;
  let next: Promise<IteratorResult<ServerEvent>> | null = null;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        events = open(gone.signal);
        controller.enqueue(encoder.encode(`retry: ${retryMs}\n\n`));
      },
      async pull(controller) {
        next ??= events.next();
        next.catch(() => undefined);
        const late = Promise.withResolvers<null>();
        const timer = setTimeout(() => late.resolve(null), heartbeatMs);
        try {
          const result = await Promise.race([next, late.promise]);
          if (result === null) return controller.enqueue(heartbeat);
          next = null;
          if (result.done) controller.close();
          else controller.enqueue(encoder.encode(format(result.value)));
        } catch (error) {
          // Who comes back is told why: it was deleted meanwhile, or a part is away.
          log.info({ error }, 'a stream of events ended early');
          controller.close();
        } finally {
          clearTimeout(timer);
        }
      },
      async cancel() {
        gone.abort();
        await next?.catch(() => undefined);
        await events.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

const format = ({ event, id, data }: ServerEvent): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
