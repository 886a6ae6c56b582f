import { pullStream } from '../pull-stream.ts';
import { ContentCheck } from './content-check.ts';
import type { ObjectContent } from './object-content.ts';

/** What is verified and returned. */
interface VerifyOptions {
  key: string;
  content: ObjectContent;
  /** The first byte to return. Default: 0. */
  first?: number;
  /** Is called with the error when the stream fails. */
  onError?: (error: unknown) => void;
}

/**
 * Verifies the body of a whole object while it is read, and returns its bytes from `first` to the end.
 *
 * The stream fails with AppError `storage_damaged` before the last byte if the content is not what was stored. Cancelling
 * it cancels `body`.
 */
export function verifyBody(
  body: ReadableStream<Uint8Array>,
  { key, content, first = 0, onError }: VerifyOptions,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const check = new ContentCheck(key, content);
  let position = 0;
  const readPart = async () => {
    for (let { value } = await reader.read(); value; { value } = await reader.read()) {
      check.update(value);
      const part = value.subarray(Math.max(0, first - position));
      position += value.byteLength;
      if (part.byteLength > 0) return part;
    }
    check.end();
    return undefined;
  };
  const next = () =>
    readPart().catch((error) => {
      onError?.(error);
      throw error;
    });
  return pullStream({ next, release: (reason) => reader.cancel(reason) });
}
