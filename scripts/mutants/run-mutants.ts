import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Mutant } from './mutant.ts';
import { mutantLists } from './mutant-lists.ts';

const root = join(import.meta.dirname, '../..');
const program = [process.execPath, '--no-env-file', '--bun', join(root, 'node_modules/.bin/vitest'), 'run'];
/** A bound for what hangs. */
const timeoutMs = 300_000;
/** Writes back the file that is changed at the moment. */
let restore = () => {};
/** Stops the test that runs at the moment. */
let stopTest = () => {};

/** Changes a file, runs the test that must notice it, and restores the file. Returns whether the test failed. */
async function isCaught({ file, from, to, test, title, only }: Mutant): Promise<boolean> {
  const path = join(root, file);
  const original = await Bun.file(path).text();
  if (original.split(from).length !== 2) throw new Error(`${file} must contain exactly once: ${from}`);
  restore = () => writeFileSync(path, original);
  try {
    await Bun.write(
      path,
      original.replace(from, () => to),
    );
    const output = await runTest(test, only ? `${only} ${title}` : title);
    if (!/Tests .*\d+ (?:passed|failed)/.test(output)) throw new Error(`${test} ran no test:\n${output}`);
    return /Tests .*\d+ failed/.test(output);
  } finally {
    restore();
    restore = () => {};
  }
}

async function runTest(test: string, title: string): Promise<string> {
  const child = Bun.spawn([...program, test, '-t', RegExp.escape(title)], {
    cwd: root,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
    timeout: timeoutMs,
  });
  stopTest = () => child.kill();
  return stripVTControlCharacters(await new Response(child.stdout).text());
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopTest();
    restore();
    process.exit(1);
  });
}

// Prints a line for each mutant and, last, the counts. Exits 1 if a test did not notice its mutant. Arguments name a list,
// and a text that a name contains: `defences`, `defences T18`, `syncs`. Without any, every mutant is tried.
const [first = '', ...rest] = process.argv.slice(2);
const list = mutantLists[first];
const wanted = (list ? rest : [first, ...rest]).join(' ');
let caught = 0;
let survived = 0;
for (const mutant of (list ?? Object.values(mutantLists).flat()).filter(({ name }) => name.includes(wanted))) {
  const isGood = await isCaught(mutant);
  if (isGood) caught += 1;
  else survived += 1;
  process.stdout.write(`${isGood ? 'caught  ' : 'SURVIVED'} ${mutant.name} (${mutant.test}: ${mutant.title})\n`);
}
process.stdout.write(`${caught} caught, ${survived} survived\n`);
process.exitCode = survived > 0 || caught === 0 ? 1 : 0;
