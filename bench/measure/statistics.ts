/**
 * Returns the value below which `share` of the values lie, from 0 to 1, interpolated between neighbours.
 *
 * @throws Error when there are no values
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error('there are no values');
  return below + (above - below) * (place - Math.floor(place));
}

/** Returns the middle value. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Returns the interquartile range, which one outlier hardly changes. */
export const spread = (values: readonly number[]): number => quantile(values, 0.75) - quantile(values, 0.25);
