import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mutantLists } from './mutants/mutant-lists.ts';

const root = join(import.meta.dirname, '..');
const text = await Bun.file(join(root, 'docs/security.md')).text();
const mutants = Object.values(mutantLists).flat();

interface NamedTest {
  file: string;
  /** A title, or the start of one. */
  title: string;
}
const rows = [...text.matchAll(/^\| (T\d+) \| .* \| (.*) \| (.*) ?\|$/gm)].map(
  ([, threat = '', defence = '', tests = '']) => ({
    threat,
    defence,
    tests: [...tests.matchAll(/`([^`]+\.test\.ts)`: (.+?)(?= *(?:<br>|$))/g)].map(
      ([, file = '', title = '']): NamedTest => ({ file, title }),
    ),
  }),
);
const exempt = ['T26', 'T27', 'T38'];
const defended = rows.filter(({ threat }) => !exempt.includes(threat));
const named = defended.flatMap(({ threat, tests }) => tests.map((each) => ({ threat, ...each })));

test('every threat has one row, in order', () => {
  expect(rows.map(({ threat }) => threat)).toEqual(Array.from({ length: 38 }, (_, index) => `T${index + 1}`));
});

test('every threat that applies has a defence in a file, and a test', () => {
  expect(defended.filter(({ defence }) => !/`[^`]+\.\w+`/.test(defence)).map(({ threat }) => threat)).toEqual([]);
  expect(defended.filter(({ tests }) => tests.length === 0).map(({ threat }) => threat)).toEqual([]);
  const others = rows.filter(({ threat }) => exempt.includes(threat));
  expect(others.filter(({ defence }) => !defence.startsWith('Does not apply: '))).toEqual([]);
});

test.each(named)('$threat: $file has the test "$title"', async ({ file, title }) => {
  expect(await Bun.file(join(root, file)).text()).toContain(title);
});

test.each(named)('$threat: a mutant proves that "$title" fails without the defence', ({ file, title }) => {
  expect(mutants.filter((mutant) => mutant.test === file && title.includes(mutant.title))).not.toEqual([]);
});

test.each(mutants)('the mutant "$name" can be made, and its test exists', async ({ file, from, to, test, title }) => {
  const source = await Bun.file(join(root, file)).text();
  expect(source.split(from)).toHaveLength(2);
  expect(to).not.toBe(from);
  expect(await Bun.file(join(root, test)).text()).toContain(title);
});

test('there are at least thirty mutants of defences, and they name their threat', () => {
  const { defences = [] } = mutantLists;
  expect(defences.length).toBeGreaterThanOrEqual(30);
  const threats = new Set(defended.map(({ threat }) => threat));
  expect(defences.filter(({ name }) => !threats.has(name.split(':')[0] ?? '')).map(({ name }) => name)).toEqual([]);
});
