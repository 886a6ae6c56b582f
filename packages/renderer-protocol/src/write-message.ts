// As much as the runtime copies for a pipe that is full.
const writeMaxBytes = 256 * 1024;

/** The end of a pipe into which a process writes. */
export interface PipeEnd {
  write(bytes: string | Uint8Array): unknown;
  flush(): unknown;
}

/** Writes a message as a line, and the bytes that belong to it. Returns when all is in the pipe. */
export async function writeMessage(
  pipe: PipeEnd,
  message: object,
  contents: readonly Uint8Array[] = [],
): Promise<void> {
  pipe.write(`${JSON.stringify(message)}\n`);
  for (const content of contents)
    for (let at = 0; at < content.byteLength; at += writeMaxBytes) {
      pipe.write(content.subarray(at, at + writeMaxBytes));
      await pipe.flush();
    }
  await pipe.flush();
}
