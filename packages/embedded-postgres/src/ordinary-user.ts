import { chown, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@thumbnail-api/errors';
import type { ClusterPaths } from './cluster-paths.ts';
import { runCommand } from './run-command.ts';

/** As whom Postgres runs, for it refuses root. */
export interface OrdinaryUser {
  /** The words to put before each command. */
  prefix: string[];
  /** Who its files belong to on the disk. */
  uid: number;
  gid: number;
}

/**
 * Finds a way to run Postgres, which refuses root, and initdb, which refuses a user without a name; none is needed for
 * everybody else, and no user is ever added.
 *
 * The first choice is a user namespace in which the caller is somebody else: to the disk and the kernel it stays who it
 * is, so that folders closed to other users stay open to it. Where root may not make one, as in most containers, it
 * steps down to `nobody`, if that can reach `program` and the directory. Data that exists stays with the way it was
 * made in.
 *
 * @throws AppError `unavailable` with what to do, where the machine permits neither or the data is somebody else's
 */
export async function findOrdinaryUser(paths: ClusterPaths, program: string): Promise<OrdinaryUser> {
  const { cluster, directory } = paths;
  const owner = await stat(cluster).then(
    ({ uid }) => uid,
    () => null,
  );
  const ways = (await listWays()).filter(({ uid }) => uid === (owner ?? uid));
  if (ways.length === 0)
    throw new AppError('unavailable', `The data in ${cluster} belongs to user ${owner}: start as that user.`);
  const canReach = ['test', '-x', dirname(directory), '-a', '-x', program];
  for (const way of ways) {
    if (way.prefix.length === 0 || (await runCommand([...way.prefix, ...canReach])).exitCode === 0) return way;
  }
  const who = process.getuid?.() === 0 ? 'as root' : 'as a user without a name';
  const remedy = 'start as an ordinary user, permit user namespaces, or name a Postgres with POSTGRES_HOST';
  throw new AppError('unavailable', `Postgres does not run ${who} and "unshare --user" is not permitted: ${remedy}.`);
}

/** Gives what root has made to who Postgres runs as; nothing to do where that is the caller. */
export async function handOver(user: OrdinaryUser, paths: string[]): Promise<void> {
  if (user.uid === process.getuid?.()) return;
  for (const path of paths) await chown(path, user.uid, user.gid);
}

async function listWays(): Promise<OrdinaryUser[]> {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  const hasName = (await runCommand(['id', '-un'])).exitCode === 0;
  if (uid !== 0 && hasName) return [{ prefix: [], uid, gid }];
  const users = await listUsers();
  // Inside the namespace only its name matters, and that it is not root.
  const anybody = users.find((user) => user.uid === 1000) ?? users.find((user) => user.uid > 0);
  const nobody = users.find(({ name }) => name === 'nobody');
  const mapped = ['unshare', '--user', `--map-user=${anybody?.uid}`, `--map-group=${anybody?.uid}`];
  const down = ['setpriv', `--reuid=${nobody?.uid}`, `--regid=${nobody?.gid}`, '--clear-groups'];
  return [
    ...(anybody ? [{ prefix: mapped, uid, gid }] : []),
    ...(nobody && uid === 0 ? [{ prefix: down, uid: nobody.uid, gid: nobody.gid }] : []),
  ];
}

async function listUsers(): Promise<{ name: string; uid: number; gid: number }[]> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
