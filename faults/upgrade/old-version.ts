import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'bun';

/** A version, as a commit of this repository. */
export interface Version {
  name: string;
  commit: string;
}

/** The version that is upgraded in tests: the last release. */
export const oldVersion: Version = { name: '0.1.0', commit: '2bed22ee12735288c32d16c1dbeb9092f62f639e' };

/** The version that runs beside this one during chaos: the last one whose schema is a migration older. */
export const previousVersion: Version = {
  name: 'the version before 0002_walls',
  commit: '13c3d55969a3876c54cae38a7b21fdbb3a6c2ce5',
};

/** The sources of a version, with their dependencies. */
export interface Sources {
  directory: string;
  remove(): Promise<void>;
}

/** In a container, the clone may belong to another user. */
const anyOwner = 'safe.directory=*';
const root = join(import.meta.dirname, '../..');

/**
 * Puts the sources of a version into a temporary folder and installs their dependencies. The caller removes them.
 *
 * @throws Error if the history of this clone does not contain the commit
 */
export async function checkOut({ name, commit }: Version): Promise<Sources> {
  const isKnown =
    (await $`git -c ${anyOwner} cat-file -e ${commit}^{commit}`.cwd(root).quiet().nothrow()).exitCode === 0;
  if (!isKnown)
    throw new Error(
      `This clone does not contain the commit ${commit} of ${name}: run \`git fetch --unshallow\`, or clone without --depth.`,
    );
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-old-version-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await $`git -c ${anyOwner} archive ${commit} | tar x -C ${directory}`.cwd(root).quiet();
    await $`${process.execPath} install --frozen-lockfile --silent`.cwd(directory).quiet();
    return { directory, remove };
  } catch (error) {
    await remove();
    throw new Error(`${name} could not be installed in ${directory}.`, { cause: error });
  }
}
