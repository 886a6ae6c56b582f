import { fileURLToPath } from 'node:url';
import { raiseOomScore } from './raise-oom-score.ts';
import type { RendererCommand } from './renderer-command.ts';

/** The child process of a renderer. */
export interface RendererProcess {
  readonly pid: number;
  send: (message: object) => void;
  /** Sends SIGKILL. */
  kill: () => void;
  /** Resolves when the process has exited, with an error that says how and quotes the end of its stderr. */
  exited: Promise<Error>;
}

const commonEnvironment = {
  // Makes glibc return freed memory to the system: without this a renderer grew from 110 to 370 MB over 360 tasks.
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
  // Otherwise text in an SVG is drawn with the fonts of the machine: with empty boxes in a slim image.
  FONTCONFIG_FILE: fileURLToPath(new URL('../../../renderer/fonts.conf', import.meta.url)),
  // A crash is reported to the worker only.
  BUN_ENABLE_CRASH_REPORTING: '0',
};
const stderrMaxChars = 1_500;

/** Starts a renderer process and passes its messages to `onMessage`. It exits when this process exits. */
export function spawnRenderer(
  { command, environment }: RendererCommand,
  onMessage: (message: unknown) => void,
): RendererProcess {
  const child = Bun.spawn(command, {
    env: { ...commonEnvironment, ...environment },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    serialization: 'json',
    ipc: onMessage,
  });
  raiseOomScore(child.pid);
  const stderr = readTail(child.stderr, stderrMaxChars);
  const exited = child.exited.then(
    async () =>
      new Error(`the renderer exited with code ${child.exitCode}, signal ${child.signalCode}: ${await stderr}`),
  );
  return { pid: child.pid, send: (message) => child.send(message), kill: () => child.kill('SIGKILL'), exited };
}

/** Reads a stream to its end, or until it breaks, and returns its last characters. */
async function readTail(stream: ReadableStream<Uint8Array>, maxChars: number): Promise<string> {
  const decoder = new TextDecoder();
  let tail = '';
  try {
    for await (const chunk of stream) tail = (tail + decoder.decode(chunk, { stream: true })).slice(-maxChars);
  } catch {
    // The characters up to here are all there are.
  }
  return tail;
}
