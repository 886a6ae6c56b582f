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
  let fail: (reason: unknown) => void = () => undefined;
  const abort = () => fail(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  let thrown: { error: unknown } | undefined;
  // A promise for each piece: a race against one that lives as long as the upload would keep every piece until its end.
  const next = () =>
    new Promise<Uint8Array | undefined>((resolve, reject) => {
      fail = reject;
      if (signal?.aborted) reject(signal.reason);
      else body.next().then(resolve, reject);
    }).catch((error) => {
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
