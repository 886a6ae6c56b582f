import { median, spread } from './statistics.ts';

/** The bound of a figure, in the unit of its value. */
export type Goal = { atMost: number } | { atLeast: number };

/** How subject and baseline become one value: their quotient, their difference, or the subject alone. */
export type Comparison = 'ratio' | 'difference' | 'value';

/** One line of the table. */
export interface Figure {
  /** Name of the row, as for `--only`. */
  row: string;
  /** What was measured. */
  what: string;
  /** Of subject and baseline. */
  unit: string;
  /** Median of the rounds. */
  subject: number;
  /** Median of the rounds. */
  baseline: number | null;
  comparison: Comparison;
  /** Median of the comparisons. */
  value: number;
  /** Interquartile range of the comparisons. */
  spread: number;
  rounds: number;
  goal: Goal | null;
}

/** The measurements of one round. */
export interface Round {
  subject: number;
  baseline: number | null;
}

/** The fields of a figure that are known before it is measured. */
export interface FigureName extends Pick<Figure, 'row' | 'what' | 'unit' | 'comparison' | 'goal'> {}

/** Summarises rounds as a figure. Each round is compared within itself, so that changes of the machine cancel out. */
export function toFigure(name: FigureName, rounds: readonly Round[]): Figure {
  const values = rounds.map((round) => compare(name.comparison, round));
  const baselines = rounds.flatMap(({ baseline }) => baseline ?? []);
  return {
    ...name,
    subject: median(rounds.map(({ subject }) => subject)),
    baseline: baselines.length > 0 ? median(baselines) : null,
    value: median(values),
    spread: spread(values),
    rounds: rounds.length,
  };
}

function compare(comparison: Comparison, { subject, baseline }: Round): number {
  if (comparison === 'value') return subject;
  if (baseline === null) throw new Error('the round has no baseline');
  return comparison === 'ratio' ? subject / baseline : subject - baseline;
}

/** Says whether a figure meets its goal; null when it has none. */
export function isMet({ value, goal }: Pick<Figure, 'value' | 'goal'>): boolean | null {
  if (!goal) return null;
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}

/** Says whether a figure misses its goal by more than its own spread. */
export function isWorse({ value, goal, spread: slack }: Pick<Figure, 'value' | 'goal' | 'spread'>): boolean {
  if (!goal) return false;
  return 'atMost' in goal ? value > goal.atMost + slack : value < goal.atLeast - slack;
}
