import { readFile } from 'node:fs/promises';
import { AppError } from '@thumbnail-api/errors';
import { runCommand } from './run-command.ts';

/**
 * Gives the words to put before a Postgres command so that it runs: none for an ordinary user.
 *
 * Postgres refuses root, and initdb a user without a name. Both get a user namespace of their own in which they are
 * somebody else; on the disk and to the kernel they stay who they are, so closed folders stay open to them and no
 * user has to be added.
 *
 * @throws AppError `unavailable` with what to do, where the machine does not permit that
 */
export async function ordinaryUserPrefix(): Promise<string[]> {
  const isRoot = process.getuid?.() === 0;
  const hasName = (await runCommand(['id', '-un'])).exitCode === 0;
  if (!isRoot && hasName) return [];
  const user = await findNamedUser();
  const prefix = ['unshare', '--user', `--map-user=${user}`, `--map-group=${user}`];
  const probe = await runCommand([...prefix, 'true']);
  if (probe.exitCode === 0) return prefix;
  const who = isRoot ? 'as root' : 'as a user without a name';
  const remedy = 'start as an ordinary user, permit user namespaces, or name a Postgres with POSTGRES_HOST';
  throw new AppError('unavailable', `Postgres does not run ${who} and "unshare --user" is not permitted: ${remedy}.`, {
    cause: new Error(probe.stderr.trim()),
  });
}

/** Any user but root that the machine knows; inside the namespace only its name matters. */
async function findNamedUser(): Promise<number> {
  const entries = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const users = entries.split('\n').map((entry) => Number(entry.split(':')[2]));
  return users.includes(1000) ? 1000 : (users.find((user) => user > 0) ?? 1000);
}
