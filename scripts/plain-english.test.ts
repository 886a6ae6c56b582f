import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBannedWords } from './banned-words.ts';

test('the code and the documentation contain no banned words', async () => {
  const found = await findBannedWords(join(import.meta.dirname, '..'));
  expect(found.map(({ path, line, word }) => `${path}:${line}: ${word}`)).toEqual([]);
});
