import { fileURLToPath } from 'node:url';
import { type Environment, storageVariables } from '@thumbnail-api/config';

/** How to start a renderer. */
export interface RendererCommand {
  /** The program and its arguments. */
  command: string[];
  /** The environment, apart from what `spawnRenderer` adds. */
  environment: Record<string, string>;
}

/** Variables with which the S3 SDK finds the credentials of a machine's role, and a private certificate authority. */
const sdkVariables = [
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'NODE_EXTRA_CA_CERTS',
];

/** Returns the command that starts a renderer, with an environment that gives access to the object store and nothing else. */
export function readRendererCommand(
  environment: Environment,
  program = fileURLToPath(new URL('../../../renderer/src/main.ts', import.meta.url)),
): RendererCommand {
  const storeVariables = Object.keys(storageVariables).flatMap((name) => [name, `${name}_FILE`]);
  const entries = [...storeVariables, ...sdkVariables].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { command: [process.execPath, '--no-env-file', program], environment: Object.fromEntries(entries) };
}
