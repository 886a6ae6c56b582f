import { fileURLToPath } from 'node:url';
import { type Environment, storageVariables } from '@thumbnail-api/config';
import type { RendererStart } from './renderers/renderer.ts';

/** How renderers are started: a program, and an environment that names the object store and nothing else. */
export function readRendererStart(
  environment: Environment,
  program = fileURLToPath(new URL('./renderer/main.ts', import.meta.url)),
): RendererStart {
  const names = Object.keys(storageVariables).flatMap((name) => [name, `${name}_FILE`]);
  const entries = names.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { command: [process.execPath, '--no-env-file', program], environment: Object.fromEntries(entries) };
}
