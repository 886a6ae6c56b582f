import type { Context } from 'hono';
import type { ApiEnv } from './api-env.ts';

/** A client that takes nothing for this long is given up. */
const stalledMs = 60_000;

/**
 * Hands a stream out for as long as its client takes it. Bun would cut any answer after its idle timeout, even while
 * bytes flow, so that is lifted and a client that takes nothing for a minute is cut off here instead.
 */
export function streamBody(context: Context<ApiEnv>, source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  context.env?.server?.timeout(context.req.raw, 0);
  const reader: {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
  } = source.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(timer);
        const { value } = await reader.read();
        if (!value) return controller.close();
        controller.enqueue(value);
        timer = setTimeout(() => {
          const stalled = new Error('the client takes nothing');
          controller.error(stalled);
          reader.cancel(stalled).catch(() => undefined);
        }, stalledMs);
      },
      async cancel(reason) {
        clearTimeout(timer);
        // What a source says to being cancelled nobody is left to hear.
        await reader.cancel(reason).catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
