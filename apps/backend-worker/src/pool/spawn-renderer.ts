import { fileURLToPath } from 'node:url';
import type { PipeEnd } from '@thumbnail-api/renderer-protocol';
import { raiseOomScore } from './raise-oom-score.ts';
import type { RendererCommand } from './renderer-command.ts';

/** The child process of a renderer. */
export interface RendererProcess {
  readonly pid: number;
  /** Takes orders and originals. The process exits when it ends. */
  stdin: PipeEnd;
  /** Gives answers and thumbnails. Nothing is read ahead of its reader. */
  stdout: ReadableStream<Uint8Array>;
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
  // A renderer can write no file.
  BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0',
};
const stderrMaxChars = 1_500;
/** Far above what libvips warns of in all tasks of a renderer. */
const stderrMaxBytes = 4 * 1024 ** 2;

/** Starts a renderer process. It exits when this process exits, because that ends its stdin. */
export function spawnRenderer({ command, environment }: RendererCommand): RendererProcess {
  const child = Bun.spawn(command, {
    env: { ...commonEnvironment, ...environment },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  raiseOomScore(child.pid);
  const kill = () => child.kill('SIGKILL');
  const stderr = readTail(child.stderr, kill);
  const exited = child.exited.then(
    async () =>
      new Error(`the renderer exited with code ${child.exitCode}, signal ${child.signalCode}: ${await stderr}`),
  );
  return { pid: child.pid, stdin: child.stdin, stdout: child.stdout, kill, exited };
}

/** Reads a stream to its end, or until it breaks, and returns its last characters. A stream of too many bytes is a flood. */
async function readTail(stream: ReadableStream<Uint8Array>, onFlood: () => void): Promise<string> {
  const decoder = new TextDecoder();
  let [tail, bytes] = ['', 0];
  try {
    for await (const chunk of stream) {
      tail = (tail + decoder.decode(chunk, { stream: true })).slice(-stderrMaxChars);
      bytes += chunk.byteLength;
      if (bytes > stderrMaxBytes) onFlood();
    }
  } catch {
    // The characters up to here are all there are.
  }
  return tail;
}
