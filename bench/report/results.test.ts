import { expect, test } from 'vitest';
import { mergeResults, type Results } from './results.ts';

const row = (commit: string) => ({ commit, measuredAt: '', effort: 1, figures: [], notes: [] });
const results = (cpu: string, rows: Results['rows']): Results => ({
  machine: { cpu, cores: 2, memoryGiB: 8 },
  versions: {},
  images: '',
  rows,
});

test('a new measurement replaces only its own row', () => {
  const merged = mergeResults(results('one', { render: row('a'), list: row('a') }), results('one', { list: row('b') }));
  expect(merged.rows).toEqual({ render: row('a'), list: row('b') });
});

test('results of another machine are dropped', () => {
  const merged = mergeResults(results('one', { render: row('a') }), results('another', { list: row('b') }));
  expect(merged.rows).toEqual({ list: row('b') });
});
