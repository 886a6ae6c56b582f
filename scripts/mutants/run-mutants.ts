import { join } from 'node:path';
import { type Mutant, mutants } from './mutants.ts';

const root = join(import.meta.dirname, '../..');
const vitest = [process.execPath, '--no-env-file', '--bun', join(root, 'node_modules/.bin/vitest'), 'run', '--root', root];

/** Applies one mutant, runs the tests that must catch it, and restores the file. Returns whether they failed. */
async function isCaught({ file, from, to, test, config }: Mutant): Promise<boolean> {
  const path = join(root, file);
  const original = await Bun.file(path).text();
  if (original.split(from).length !== 2) throw new Error(`${file}: the text to replace must stand in it once`);
  try {
    await Bun.write(path, original.replace(from, () => to));
    const words = config ? ['--config', config, test] : [test];
    const child = Bun.spawn([...vitest, ...words], { cwd: root, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
    const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    if (!/Tests {2}/.test(output.replace(/\x1b\[[0-9;]*m/g, ''))) throw new Error(`${test} ran no test`);
    return code !== 0;
  } finally {
    await Bun.write(path, original);
  }
}

// Prints one line a mutant and, last, the counts. Exits 1 when a mutant survives.
const wanted = process.argv[2] ?? '';
let caught = 0;
let survived = 0;
for (const mutant of mutants.filter(({ name }) => name.includes(wanted))) {
  const isGood = await isCaught(mutant);
  if (isGood) caught += 1;
  else survived += 1;
  process.stdout.write(`${isGood ? 'caught  ' : 'SURVIVED'} ${mutant.name} (${mutant.test})\n`);
}
process.stdout.write(`${caught} passed, ${survived} failed\n`);
process.exitCode = survived > 0 ? 1 : 0;
