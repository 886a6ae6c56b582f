import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'bun';

/** The version that is upgraded in tests, as a commit of this repository: the last release. */
export const oldVersion = { name: '0.1.0', commit: '2bed22ee12735288c32d16c1dbeb9092f62f639e' };

/** The sources of a version, with their dependencies. */
export interface Sources {
  directory: string;
  remove(): Promise<void>;
}

/** In a container, the clone may belong to another user. */
const anyOwner = 'safe.directory=*';
const root = join(import.meta.dirname, '../..');

/**
 * Puts the sources of {@link oldVersion} into a temporary folder and installs their dependencies. The caller removes them.
 *
 * @throws Error if the history of this clone does not contain the commit
 */
export async function checkOutOldVersion(): Promise<Sources> {
  const { name, commit } = oldVersion;
  const isKnown =
    (await $`git -c ${anyOwner} cat-file -e ${commit}^{commit}`.cwd(root).quiet().nothrow()).exitCode === 0;
  if (!isKnown)
    throw new Error(
      `This clone does not contain the commit ${commit} of version ${name}: run \`git fetch --unshallow\`, or clone without --depth.`,
    );
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-old-version-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await $`git -c ${anyOwner} archive ${commit} | tar x -C ${directory}`.cwd(root).quiet();
    await $`${process.execPath} install --frozen-lockfile --silent`.cwd(directory).quiet();
    return { directory, remove };
  } catch (error) {
    await remove();
    throw new Error(`Version ${name} could not be installed in ${directory}.`, { cause: error });
  }
}
