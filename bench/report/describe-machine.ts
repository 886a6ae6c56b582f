import { cpus, totalmem } from 'node:os';
import sharp from 'sharp';
import type { Results } from './results.ts';

/** Describes the machine and the versions of the programs in this process. */
export const describeMachine = (): Pick<Results, 'machine' | 'versions'> => ({
  machine: {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1_024 ** 3),
  },
  versions: { Bun: Bun.version, sharp: sharp.versions.sharp ?? '', libvips: sharp.versions.vips },
});

/** Reads the current commit, with `+` when files were changed since; `unknown` outside a repository. */
export async function readCommit(): Promise<string> {
  const run = async (...words: string[]) => {
    const git = Bun.spawn(['git', ...words], { cwd: import.meta.dirname, stdout: 'pipe', stderr: 'ignore' });
    const text = (await new Response(git.stdout).text()).trim();
    return (await git.exited) === 0 ? text : null;
  };
  const commit = await run('rev-parse', '--short=12', 'HEAD').catch(() => null);
  const changes = await run('status', '--porcelain', '--', ':/', ':!/bench/results', ':!/docs').catch(() => null);
  return commit ? `${commit}${changes ? '+' : ''}` : 'unknown';
}
