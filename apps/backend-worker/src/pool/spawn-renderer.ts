import { fileURLToPath } from 'node:url';
import { raiseOomScore } from './oom-score.ts';
import { readTail } from './read-tail.ts';

/** How a renderer is started. */
export interface RendererCommand {
  /** The program and its arguments. */
  command: string[];
  /** All that it finds in its environment, beside what makes it a modest process. */
  environment: Record<string, string>;
}

/** The child process itself. */
export interface RendererProcess {
  readonly pid: number;
  send: (message: object) => void;
  /** Ends it at once, without a chance to object. */
  kill: () => void;
  /** Settles when it is gone, with how it ended and its last words. */
  death: Promise<Error>;
}

const ownEnvironment = {
  // glibc gives freed memory back only when told so: without this a renderer grew from 110 to 370 MB over 360 tasks.
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
  // Else the text of an SVG is drawn with whatever a machine has: in a slim image with empty boxes.
  FONTCONFIG_FILE: fileURLToPath(new URL('../../../renderer/fonts.conf', import.meta.url)),
  // A crash is told to the worker and to nobody else.
  BUN_ENABLE_CRASH_REPORTING: '0',
};
const lastWordsMaxChars = 1_500;

/** Starts the process and listens to it; it ends by itself when this process is gone. */
export function spawnRenderer(
  { command, environment }: RendererCommand,
  listen: (sent: unknown) => void,
): RendererProcess {
  const child = Bun.spawn(command, {
    env: { ...ownEnvironment, ...environment },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    serialization: 'json',
    ipc: listen,
  });
  raiseOomScore(child.pid);
  const lastWords = readTail(child.stderr, lastWordsMaxChars);
  const death = child.exited.then(async () => {
    const end = `the renderer ended with code ${child.exitCode}, signal ${child.signalCode}`;
    return new Error(`${end}: ${await lastWords}`);
  });
  return { pid: child.pid, send: (message) => child.send(message), kill: () => child.kill('SIGKILL'), death };
}
