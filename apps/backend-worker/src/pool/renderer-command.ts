import { fileURLToPath } from 'node:url';

/** How to start a renderer. */
export interface RendererCommand {
  /** The program and its arguments. */
  command: string[];
  /** The environment, apart from what `spawnRenderer` adds. */
  environment: Record<string, string>;
}

/** Returns the command that starts a renderer, with nothing of the worker's environment. */
export const rendererCommand = (
  program = fileURLToPath(new URL('../../../renderer/src/main.ts', import.meta.url)),
): RendererCommand => ({ command: [process.execPath, '--no-env-file', program], environment: {} });
