import { expect, test } from 'vitest';
import { pagePath, renderFigures, writeFigures } from './page.ts';
import { latestPath, type Results, readResults } from './results.ts';

const figure = {
  row: 'render',
  what: 'an image',
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
  machine: { cpu: 'a processor', cores: 2, memoryGiB: 8 },
  versions: { Bun: '1' },
  images: 'drawn',
  rows: {
    render: { commit: 'abc', measuredAt: '2026-11-20T00:00:00Z', effort: 1, figures: [figure], notes: ['a fact'] },
  },
};

test('the page shows exactly the latest results', async () => {
  const page = await Bun.file(pagePath).text();
  const latest = await readResults(latestPath);
  expect(writeFigures(page, latest as Results)).toBe(page);
});

test('shows a figure with its goal, whether the goal is met, and the jobs it allows in a day', () => {
  const page = renderFigures(results);
  expect(page).toContain('| render | an image | 40.0 ms CPU | 32.0 ms CPU | 1.25 x | ± 0.02 | <= 1.15 x | MISSED |');
  expect(page).toContain('a processor, 2 cores, 8 GiB; Bun 1.');
  expect(page).toContain('0 of 1 goals are met.');
  expect(page).toContain('- render: a fact');
  expect(page).toContain('| an image | 40.0 ms CPU | 2,200,000 |');
});
