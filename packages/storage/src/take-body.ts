import type { ByteSource } from './byte-source.ts';

/**
 * Hands a caller's body to `keep`, piece by piece as `keep` asks for them.
 *
 * However it ends, the body has been read to its end or is cancelled. An error that the body itself throws comes out
 * unchanged, whatever `keep` makes of it; empty pieces are left out. An abort ends what `keep` reads with the signal's
 * reason, even while a piece is awaited.
 *
 * @throws what the body threw, else what `keep` threw
 */
export async function takeBody(
  body: ByteSource,
  signal: AbortSignal | undefined,
  keep: (chunks: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const abort = () => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  let thrown: { error: unknown } | undefined;
  const next = () =>
    Promise.race([body.next(), aborted.promise]).catch((error) => {
      thrown = { error };
      throw error;
    });
  const pieces = async function* () {
    for (let piece = await next(); piece; piece = await next()) if (piece.byteLength > 0) yield piece;
  };
  try {
    await keep(pieces());
  } catch (error) {
    throw thrown ? thrown.error : error;
  } finally {
    signal?.removeEventListener('abort', abort);
    body.cancel();
  }
}
