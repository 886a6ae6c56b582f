import type { Readable } from 'node:stream';
import type { ByteSource } from '@thumbnail-api/storage';

/**
 * The bytes of one file of a form. `feed` is asked for more of the form as long as there are none, and says what goes wrong
 * with it; what comes after the body was cancelled is dropped.
 */
export function formFileBody(stream: Readable, feed: () => Promise<void>): ByteSource {
  const pieces: Uint8Array[] = [];
  let isOver = false;
  let isDropped = false;
  stream.on('data', (piece: Uint8Array) => {
    if (!isDropped) pieces.push(piece);
  });
  stream.on('end', () => {
    isOver = true;
  });
  // `feed` throws it too, and where nobody reads it must not end the process.
  stream.on('error', () => undefined);
  return {
    async next() {
      while (pieces.length === 0 && !isOver) await feed();
      const piece = pieces.shift();
      // Its memory went before it was read. No stream gives empty pieces, and without this the file would lose it in silence.
      if (piece?.byteLength === 0) throw new Error('a piece of the form was lost');
      return piece;
    },
    cancel() {
      isDropped = true;
      pieces.length = 0;
    },
  };
}
