import type { Figure } from '../measure/figure.ts';

/** The latest measurement of one row. */
export interface RowResult {
  /** The measured commit, with `+` when files had been changed since. */
  commit: string;
  measuredAt: string;
  /** Factor of every count; 1 is a full run. */
  effort: number;
  figures: Figure[];
  /** Facts that are not figures. */
  notes: string[];
}

/** The latest measurements of every row on one machine. */
export interface Results {
  machine: { cpu: string; cores: number; memoryGiB: number };
  versions: Record<string, string>;
  /** Where the images come from. */
  images: string;
  rows: Record<string, RowResult>;
}

/** Path of the latest results. */
export const latestPath = new URL('../results/latest.json', import.meta.url).pathname;

/** Reads results; null when the file does not exist. */
export async function readResults(path: string): Promise<Results | null> {
  const file = Bun.file(path);
  return (await file.exists()) ? ((await file.json()) as Results) : null;
}

/** Keeps the rows of earlier results that were not measured again, unless they come from another machine. */
export function mergeResults(before: Results | null, now: Results): Results {
  const comparable = before && JSON.stringify(before.machine) === JSON.stringify(now.machine);
  return { ...now, rows: { ...(comparable && before.rows), ...now.rows } };
}
