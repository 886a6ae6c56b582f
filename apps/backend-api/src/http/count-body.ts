/** A body that tells how many bytes have arrived, before anybody gets them; what `count` throws ends it. */
export function countBody(
  body: ReadableStream<Uint8Array>,
  count: (bytes: number) => Promise<void> | void,
): ReadableStream<Uint8Array> {
  const reader: {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
  } = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value } = await reader.read();
        if (!value) return controller.close();
        try {
          await count(value.length);
        } catch (error) {
          await reader.cancel(error).catch(() => undefined);
          throw error;
        }
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
