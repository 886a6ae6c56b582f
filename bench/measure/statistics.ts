/** The value below which a share of some values lies, from 0 to 1; between two of them it is interpolated. Throws for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error('there are no values');
  return below + (above - below) * (place - Math.floor(place));
}

/** The value in the middle. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** How far apart the middle half of some values lies: what one disturbed round cannot move. */
export const spread = (values: readonly number[]): number => quantile(values, 0.75) - quantile(values, 0.25);
