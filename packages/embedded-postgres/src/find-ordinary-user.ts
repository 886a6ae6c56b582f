import { chown, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@thumbnail-api/errors';
import type { ClusterPaths } from './cluster-paths.ts';
import { runCommand } from './run-command.ts';

/** The user that Postgres runs as. */
export interface OrdinaryUser {
  /** The words to put before each command; empty if the caller is that user. */
  prefix: string[];
  /** Owner of its files on disk. */
  uid: number;
  gid: number;
}

/**
 * Finds a user that Postgres and initdb can run as. Postgres refuses root, and initdb refuses a user without a name. Any
 * other caller can run them as itself. No user is ever created.
 *
 * The first choice is a user namespace that maps the caller to an ordinary user: the files stay the caller's own, also in
 * directories closed to other users. Where root may not create one, as in most containers, the second choice is the user
 * `nobody`, if it can reach `program` and the directory. Existing data is used only with the user that owns it.
 *
 * @throws AppError `unavailable` if neither is possible or another user owns the data
 */
export async function findOrdinaryUser(paths: ClusterPaths, program: string): Promise<OrdinaryUser> {
  const { cluster, directory } = paths;
  const owner = await stat(cluster).then(
    ({ uid }) => uid,
    () => null,
  );
  const candidates = (await listCandidates()).filter(({ uid }) => uid === (owner ?? uid));
  if (candidates.length === 0)
    throw new AppError('unavailable', `The data in ${cluster} belongs to user ${owner}. Start as that user.`);
  const canReach = ['test', '-x', dirname(directory), '-a', '-x', program];
  for (const candidate of candidates) {
    const isCaller = candidate.prefix.length === 0;
    if (isCaller || (await runCommand([...candidate.prefix, ...canReach])).exitCode === 0) return candidate;
  }
  const caller = process.getuid?.() === 0 ? 'as root' : 'as a user without a name';
  throw new AppError(
    'unavailable',
    `Postgres cannot run ${caller}, and "unshare --user" is not permitted. Start as an ordinary user, permit user namespaces, or set POSTGRES_HOST.`,
  );
}

/** Gives files of the caller to the user that Postgres runs as. Does nothing if they are the same. */
export async function handOver(user: OrdinaryUser, paths: string[]): Promise<void> {
  if (user.uid === process.getuid?.()) return;
  for (const path of paths) await chown(path, user.uid, user.gid);
}

async function listCandidates(): Promise<OrdinaryUser[]> {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  const hasName = (await runCommand(['id', '-un'])).exitCode === 0;
  if (uid !== 0 && hasName) return [{ prefix: [], uid, gid }];
  const users = await listUsers();
  // Inside the namespace any user works that has a name and is not root.
  const named = users.find((user) => user.uid === 1000) ?? users.find((user) => user.uid > 0);
  const unprivileged = users.find(({ name }) => name === 'nobody');
  const unshare = ['unshare', '--user', `--map-user=${named?.uid}`, `--map-group=${named?.uid}`];
  const setpriv = ['setpriv', `--reuid=${unprivileged?.uid}`, `--regid=${unprivileged?.gid}`, '--clear-groups'];
  return [
    ...(named ? [{ prefix: unshare, uid, gid }] : []),
    ...(unprivileged && uid === 0 ? [{ prefix: setpriv, uid: unprivileged.uid, gid: unprivileged.gid }] : []),
  ];
}

async function listUsers(): Promise<{ name: string; uid: number; gid: number }[]> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
