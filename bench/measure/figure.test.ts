import { expect, test } from 'vitest';
import { isMet, isWorse, toFigure } from './figure.ts';

const name = { row: 'render', what: '12 MP', unit: 'ms', goal: { atMost: 1.15 } } as const;
/** A machine that becomes slower, and a subject that always costs a tenth more. */
const slowing = [10, 20, 40].map((baseline) => ({ subject: baseline * 1.1, baseline }));

test('a ratio compares within each round, so that a machine that becomes slower does not change it', () => {
  const figure = toFigure({ ...name, comparison: 'ratio' }, slowing);
  expect(figure.value).toBeCloseTo(1.1);
  expect(figure.spread).toBeCloseTo(0);
  expect(figure).toMatchObject({ subject: 22, baseline: 20, rounds: 3 });
});

test('a difference subtracts the baseline, and a value ignores it', () => {
  expect(toFigure({ ...name, comparison: 'difference' }, slowing).value).toBeCloseTo(2);
  const alone = toFigure({ ...name, comparison: 'value' }, [{ subject: 7, baseline: null }]);
  expect(alone).toMatchObject({ value: 7, baseline: null, spread: 0 });
});

test('a ratio without a baseline throws', () => {
  expect(() => toFigure({ ...name, comparison: 'ratio' }, [{ subject: 7, baseline: null }])).toThrow('baseline');
});

test.each([
  [{ value: 1.15, spread: 0, goal: { atMost: 1.15 } }, true, false],
  [{ value: 1.2, spread: 0.1, goal: { atMost: 1.15 } }, false, false],
  [{ value: 1.3, spread: 0.1, goal: { atMost: 1.15 } }, false, true],
  [{ value: 0.7, spread: 0, goal: { atLeast: 0.7 } }, true, false],
  [{ value: 0.65, spread: 0.1, goal: { atLeast: 0.7 } }, false, false],
  [{ value: 0.5, spread: 0.1, goal: { atLeast: 0.7 } }, false, true],
  [{ value: 99, spread: 0, goal: null }, null, false],
])('%o: met is %s, worse than its goal by more than its spread is %s', (figure, met, worse) => {
  expect(isMet(figure)).toBe(met);
  expect(isWorse(figure)).toBe(worse);
});
