import type { Readable } from 'node:stream';

/**
 * The bytes of one file of a form, fetched as they are read. Cancelling it reads the rest and drops it, since whatever
 * stands behind it in the form could not be reached otherwise.
 */
export function fileBody(stream: Readable): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = stream.iterator({ destroyOnReturn: false });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return?.();
        stream.resume();
      },
    },
    { highWaterMark: 0 },
  );
}
