import { median, spread } from './statistics.ts';

/** What a figure is held against; `atMost` and `atLeast` are in the figure's own unit. */
export type Goal = { atMost: number } | { atLeast: number };

/** How subject and baseline become one value: their quotient, their difference, or the subject alone. */
export type Comparison = 'ratio' | 'difference' | 'value';

/** One line of the table. */
export interface Figure {
  /** The row it belongs to, as `--only` names it. */
  row: string;
  /** What of the row it is. */
  what: string;
  /** Of subject and baseline. */
  unit: string;
  subject: number;
  baseline: number | null;
  comparison: Comparison;
  value: number;
  /** How far apart the middle half of the rounds lies, in the unit of the value. */
  spread: number;
  rounds: number;
  goal: Goal | null;
}

/** One round: the subject and, right beside it, what it is compared with. */
export interface Round {
  subject: number;
  baseline: number | null;
}

/** What a figure is called. */
export interface FigureName extends Pick<Figure, 'row' | 'what' | 'unit' | 'comparison' | 'goal'> {}

/** Makes a figure of its rounds: each round is compared within itself, so that a machine that drifts moves nothing. */
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
  if (baseline === null) throw new Error('a round without its baseline');
  return comparison === 'ratio' ? subject / baseline : subject - baseline;
}

/** Says whether a figure reaches its goal; null where it has none. */
export function isMet({ value, goal }: Pick<Figure, 'value' | 'goal'>): boolean | null {
  if (!goal) return null;
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}

/** Says whether a figure misses its goal by more than its own spread: what a release must not do. */
export function isWorse({ value, goal, spread: slack }: Pick<Figure, 'value' | 'goal' | 'spread'>): boolean {
  if (!goal) return false;
  return 'atMost' in goal ? value > goal.atMost + slack : value < goal.atLeast - slack;
}
