import { expect, test } from 'vitest';
import { mergeResults, type Results } from './results.ts';

const row = (commit: string) => ({ commit, measuredAt: '', effort: 1, figures: [], notes: [] });
const results = (cpu: string, rows: Results['rows']): Results => ({
  machine: { cpu, cores: 2, memoryGiB: 8, system: 'linux' },
  versions: {},
  pictures: '',
  rows,
});

test('a row that is measured again replaces itself alone', () => {
  const merged = mergeResults(results('one', { render: row('a'), list: row('a') }), results('one', { list: row('b') }));
  expect(merged.rows).toEqual({ render: row('a'), list: row('b') });
});

test('figures of two machines never stand in one table', () => {
  const merged = mergeResults(results('one', { render: row('a') }), results('another', { list: row('b') }));
  expect(merged.rows).toEqual({ list: row('b') });
});
