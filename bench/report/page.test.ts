import { expect, test } from 'vitest';
import { pagePath, renderFigures, writeFigures } from './page.ts';
import { latestPath, type Results, readResults } from './results.ts';

const figure = {
  row: 'render',
  what: 'a picture',
  unit: 'ms CPU',
  subject: 40,
  baseline: 32,
  comparison: 'ratio',
  value: 1.25,
  spread: 0.02,
  rounds: 7,
  goal: { atMost: 1.15 },
} as const;
const results: Results = {
  machine: { cpu: 'a processor', cores: 2, memoryGiB: 8, system: 'Linux' },
  versions: { Bun: '1' },
  pictures: 'drawn',
  rows: {
    render: { commit: 'abc', measuredAt: '2026-11-20T00:00:00Z', effort: 1, figures: [figure], notes: ['a fact'] },
  },
};

test('the page shows what was measured last, and nothing typed by hand', async () => {
  const page = await Bun.file(pagePath).text();
  const latest = await readResults(latestPath);
  expect(writeFigures(page, latest as Results)).toBe(page);
});

test('a figure is shown with its goal, whether it is met, and what it comes to in a day', () => {
  const shown = renderFigures(results);
  expect(shown).toContain('| render | a picture | 40.0 ms CPU | 32.0 ms CPU | 1.25 x | ± 0.02 | <= 1.15 x | MISSED |');
  expect(shown).toContain('Of 1 goals 0 are met.');
  expect(shown).toContain('- render: a fact');
  expect(shown).toContain('| a picture | 40.0 ms CPU | 2,200,000 |');
});
