import { AppError } from '@thumbnail-api/errors';
import { type Subprocess, spawn } from 'bun';
import type { EmbeddedPostgres } from '../src/index.ts';

/** A separate process that has opened an embedded Postgres. */
export interface OwnerProcess {
  child: Subprocess<'ignore', 'pipe', 'inherit'>;
  postgres: Omit<EmbeddedPostgres, 'close'>;
}

/** Starts a process that opens the directory and never closes it. Does not wait until it is open. */
export const spawnOwner = (directory: string): OwnerProcess['child'] =>
  spawn([process.execPath, '--no-env-file', `${import.meta.dirname}/open-and-wait.ts`, directory], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  });

/** Starts such a process and waits until its Postgres accepts connections. */
export async function startOwner(directory: string): Promise<OwnerProcess> {
  const child = spawnOwner(directory);
  for await (const chunk of child.stdout) {
    return { child, postgres: JSON.parse(new TextDecoder().decode(chunk)) };
  }
  throw new AppError('internal_error', 'The owner exited before it opened its Postgres.');
}
