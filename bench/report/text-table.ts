import { type Figure, type Goal, isMet } from '../measure/figure.ts';

const heads = ['row', 'what', 'subject', 'baseline', 'result', 'spread', 'goal', ''];

/** The cells of the table, the heads first. */
export const toCells = (figures: readonly Figure[]): string[][] => [
  heads,
  ...figures.map((figure) => [
    figure.row,
    figure.what,
    `${round(figure.subject)} ${figure.unit}`,
    figure.baseline === null ? '' : `${round(figure.baseline)} ${figure.unit}`,
    describe(figure, figure.value),
    `± ${round(figure.spread)}`,
    figure.goal ? describeGoal(figure, figure.goal) : '',
    { true: 'met', false: 'MISSED', null: '' }[`${isMet(figure)}`],
  ]),
];

/** The table for a terminal, its columns aligned. */
export function toTextTable(figures: readonly Figure[]): string {
  const rows = toCells(figures);
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Three digits are all that a measurement is worth. */
export function round(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

function describe({ comparison, unit }: Pick<Figure, 'comparison' | 'unit'>, value: number): string {
  if (comparison === 'ratio') return `${round(value)} x`;
  return `${comparison === 'difference' && value >= 0 ? '+' : ''}${round(value)} ${unit}`;
}

const describeGoal = (figure: Pick<Figure, 'comparison' | 'unit'>, goal: Goal): string =>
  'atMost' in goal ? `<= ${describe(figure, goal.atMost)}` : `>= ${describe(figure, goal.atLeast)}`;
