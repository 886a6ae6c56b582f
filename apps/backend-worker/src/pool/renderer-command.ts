import { fileURLToPath } from 'node:url';
import { type Environment, storageVariables } from '@thumbnail-api/config';
import type { RendererCommand } from './start-renderer.ts';

/** How the SDK finds the rights of a machine's role, and an authority of one's own: they lead to the object store alone. */
const storeAccessNames = [
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'NODE_EXTRA_CA_CERTS',
];

/** How renderers are started: a program, and an environment that names the object store and nothing else. */
export function readRendererCommand(
  environment: Environment,
  program = fileURLToPath(new URL('../../../renderer/src/main.ts', import.meta.url)),
): RendererCommand {
  const named = Object.keys(storageVariables).flatMap((name) => [name, `${name}_FILE`]);
  const names = [...named, ...storeAccessNames];
  const entries = names.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { command: [process.execPath, '--no-env-file', program], environment: Object.fromEntries(entries) };
}
