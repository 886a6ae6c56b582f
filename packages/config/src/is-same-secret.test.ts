import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isSameSecret } from './is-same-secret.ts';

test.each([
  ['a', 'a', true],
  ['', '', true],
  ['käse', 'käse', true],
  ['a', 'b', false],
  ['a', 'ab', false],
  ['', 'a', false],
])('%j and %j are the same secret: %j', (given, expected, isSame) => {
  expect(isSameSecret(given, expected)).toBe(isSame);
});

const root = join(import.meta.dirname, '../../..');
const own = 'packages/config/src/is-same-secret.ts';
const secret = String.raw`[\w.]*(?:reveal\(\)|secret|token|signature|password|hmac|digest)`;
/** A secret beside an operator or method that stops at the first difference. A test for presence is allowed. */
const comparison = new RegExp(
  String.raw`${secret}\)?\s*[!=]==(?!\s*(?:undefined|null|''))|[!=]==\s*${secret}(?!\w)|${secret}\)?\.(?:equals|includes|startsWith|localeCompare)\(|(?:equals|includes|compare)\(${secret}`,
  'i',
);

async function readSources(): Promise<[string, string][]> {
  const paths = [...new Bun.Glob('{apps,packages}/*/src/**/*.ts').scanSync(root)];
  const sources = paths.filter((path) => !path.endsWith('.test.ts') && !path.includes('packages/testing/'));
  return Promise.all(sources.map(async (path) => [path, await Bun.file(join(root, path)).text()]));
}

test('every comparison of a secret takes constant time: the sources compare them with isSameSecret only', async () => {
  const sources = await readSources();
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter(([, text]) => text.includes('timingSafeEqual(')).map(([path]) => path)).toEqual([own]);
  const suspicious = sources.flatMap(([path, text]) =>
    text
      .split('\n')
      .filter((line) => comparison.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(suspicious).toEqual([]);
});

test.each([
  'return given === token.reveal();',
  'if (signature !== sign(link, secret)) {',
  'token.reveal() === given',
  'secret.equals(other)',
  'secrets.includes(secret)',
  'given === secret',
])('the comparison in %j is found', (line) => {
  expect(line).toMatch(comparison);
});

test.each([
  'if (signature === undefined) {',
  'signature !== undefined || expires',
  'isSameSecret(given, token.reveal())',
])('%j compares no secret', (line) => {
  expect(line).not.toMatch(comparison);
});
