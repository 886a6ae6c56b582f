import { type Figure, type Goal, isMet } from '../measure/figure.ts';

const headings = ['row', 'what', 'subject', 'baseline', 'result', 'spread', 'goal', ''];

/** Returns the cells of the table, row by row. The first row holds the headings. */
export const toCells = (figures: readonly Figure[]): string[][] => [
  headings,
  ...figures.map((figure) => [
    figure.row,
    figure.what,
    `${round(figure.subject)} ${figure.unit}`,
    figure.baseline === null ? '' : `${round(figure.baseline)} ${figure.unit}`,
    toText(figure, figure.value),
    `± ${round(figure.spread)}`,
    figure.goal ? goalToText(figure, figure.goal) : '',
    { true: 'met', false: 'MISSED', null: '' }[`${isMet(figure)}`],
  ]),
];

/** Returns the table for a terminal, with aligned columns. */
export function toTextTable(figures: readonly Figure[]): string {
  const rows = toCells(figures);
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Formats a number with about three digits; the measurements are not more exact. */
export function round(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

function toText({ comparison, unit }: Pick<Figure, 'comparison' | 'unit'>, value: number): string {
  if (comparison === 'ratio') return `${round(value)} x`;
  return `${comparison === 'difference' && value >= 0 ? '+' : ''}${round(value)} ${unit}`;
}

const goalToText = (figure: Pick<Figure, 'comparison' | 'unit'>, goal: Goal): string =>
  'atMost' in goal ? `<= ${toText(figure, goal.atMost)}` : `>= ${toText(figure, goal.atLeast)}`;
