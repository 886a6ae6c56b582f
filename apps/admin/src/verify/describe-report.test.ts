import { expect, test } from 'vitest';
import { describeReport } from './describe-report.ts';
import { drawProgress } from './progress-bar.ts';

test('the report names the first twenty keys of each finding and counts the rest', () => {
  const findings = Array.from({ length: 22 }, (_, index) => ({
    problem: 'missing' as const,
    key: `originals/${index}`,
  }));
  const text = describeReport({ compared: 30, findings, quarantined: 0, named: [], restored: 0 });
  expect(text).toContain('Objects that rows name and that are missing: 22\n  originals/0\n');
  expect(text).toContain('  originals/19\n  and 2 more\n');
  expect(text).not.toContain('originals/20');
});

test('progress is drawn on a terminal only', () => {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  drawProgress({ isTTY: false, write })(1, 2);
  drawProgress({ isTTY: true, write })(1, 2);
  drawProgress({ isTTY: true, write })(2, 2);
  expect(written).toEqual([`\r[${'#'.repeat(15)}${'.'.repeat(15)}] 50 % (1)`, `\r[${'#'.repeat(30)}] 100 % (2)\n`]);
});
