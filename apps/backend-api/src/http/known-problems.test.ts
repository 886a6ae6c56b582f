import { join } from 'node:path';
import { expect, test } from 'vitest';
import { knownProblems } from './known-problems.ts';

test('docs/problems.md lists every code with its status and advice', async () => {
  const page = await Bun.file(join(import.meta.dirname, '../../../../docs/problems.md')).text();
  for (const [code, { status, advice }] of Object.entries(knownProblems)) {
    expect(page).toContain(`| ${status} | \`${code}\` | ${advice} |`);
  }
});
