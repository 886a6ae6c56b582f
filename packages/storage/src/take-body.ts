import { pullStream } from './pull-stream.ts';

/**
 * Hands a caller's body to `keep`, chunk by chunk as `keep` asks for them.
 *
 * However it ends, the body has been read to its end or is cancelled. An error that the body itself throws comes out
 * unchanged, whatever `keep` makes of it; empty chunks are left out. The reason of `signal` ends the stream that `keep`
 * reads.
 *
 * @throws what the body threw, else what `keep` threw
 */
export async function takeBody(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
  keep: (chunks: ReadableStream<Uint8Array>) => Promise<void>,
): Promise<void> {
  const reader = body.getReader();
  let thrown: { error: unknown } | undefined;
  const next = async (): Promise<Uint8Array | undefined> => {
    let read: Awaited<ReturnType<typeof reader.read>>;
    do {
      read = await reader.read().catch((error) => {
        thrown = { error };
        throw error;
      });
    } while (read.value?.byteLength === 0);
    return read.value;
  };
  // A body whose own cancel hangs or throws must not hold up the answer.
  const release = (reason?: unknown) => void reader.cancel(reason).catch(() => undefined);
  try {
    await keep(pullStream({ next, release }, signal));
  } catch (error) {
    throw thrown ? thrown.error : error;
  } finally {
    release();
  }
}
