import type { Context } from 'hono';
import type { OpenDownload } from '../downloads/open-downloads.ts';
import type { ApiEnv } from './api-env.ts';

/** A client that takes nothing for this long is given up. */
const stalledMs = 60_000;

/**
 * Hands a stream out for as long as its client takes it. Bun would cut any answer after its idle timeout, even while
 * bytes flow, so that is lifted and a client that takes nothing for a minute is cut off here instead.
 */
export function streamBody(context: Context<ApiEnv>, source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return bodyOf(context, source, { stalledSince: null, cutOff: () => undefined }, () => undefined);
}

/** The same for what the store holds open: where many such are, one that takes nothing is given up sooner. */
export function streamDownload(
  context: Context<ApiEnv>,
  source: ReadableStream<Uint8Array>,
): ReadableStream<Uint8Array> {
  const download: OpenDownload = { stalledSince: performance.now(), cutOff: () => undefined };
  return bodyOf(context, source, download, context.var.downloads.add(download));
}

function bodyOf(
  context: Context<ApiEnv>,
  source: ReadableStream<Uint8Array>,
  download: OpenDownload,
  over: () => void,
): ReadableStream<Uint8Array> {
  context.env?.server?.timeout(context.req.raw, 0);
  const reader: {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
  } = source.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        download.cutOff = () => {
          clearTimeout(timer);
          over();
          const stalled = new Error('the client takes nothing');
          controller.error(stalled);
          reader.cancel(stalled).catch(() => undefined);
        };
      },
      async pull(controller) {
        clearTimeout(timer);
        download.stalledSince = null;
        const { value } = await reader.read().catch((error) => {
          over();
          throw error;
        });
        if (!value) {
          over();
          return controller.close();
        }
        controller.enqueue(value);
        download.stalledSince = performance.now();
        timer = setTimeout(download.cutOff, stalledMs);
      },
      async cancel(reason) {
        clearTimeout(timer);
        over();
        // What a source says to being cancelled nobody is left to hear.
        await reader.cancel(reason).catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
