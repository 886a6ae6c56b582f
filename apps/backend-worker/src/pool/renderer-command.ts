import { fileURLToPath } from 'node:url';
import type { RendererSandbox } from '@thumbnail-api/config';

/** How to start a renderer. */
export interface RendererCommand {
  /** The program and its arguments. */
  command: string[];
  /** The environment, apart from what `spawnRenderer` adds. */
  environment: Record<string, string>;
}

/** The Bun program that becomes a renderer behind walls. */
export const launcher = sourceOf('sandbox/main.ts');

/** Returns the command that starts a renderer, with nothing of the worker's environment, behind walls unless that is off. */
export function rendererCommand({
  program = sourceOf('main.ts'),
  args = [],
  sandbox = 'auto',
}: {
  program?: string;
  args?: string[];
  sandbox?: RendererSandbox;
} = {}): RendererCommand {
  const isConfined = sandbox !== 'off' && process.platform === 'linux';
  const programs = isConfined ? [launcher, program] : [program];
  return { command: [process.execPath, '--no-env-file', ...programs, ...args], environment: {} };
}

function sourceOf(path: string): string {
  return fileURLToPath(new URL(`../../../renderer/src/${path}`, import.meta.url));
}
