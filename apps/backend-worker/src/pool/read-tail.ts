/** Reads a stream to its end and gives the last `maxChars` characters of it; a stream that breaks ends there. */
export async function readTail(stream: ReadableStream<Uint8Array>, maxChars: number): Promise<string> {
  const decoder = new TextDecoder();
  let tail = '';
  try {
    for await (const chunk of stream) tail = (tail + decoder.decode(chunk, { stream: true })).slice(-maxChars);
  } catch {
    // What was said until then is all there is.
  }
  return tail;
}
