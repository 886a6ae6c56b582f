import type { Figure } from '../measure/figure.ts';

/** What one row gave when it was last measured. */
export interface RowResult {
  /** The state of the code; with `+` behind it when files had been changed since. */
  commit: string;
  measuredAt: string;
  /** 1 is a full run. */
  effort: number;
  figures: Figure[];
  /** Facts that are no figures. */
  notes: string[];
}

/** What was measured, on one machine: rows keep what they gave until they are measured again. */
export interface Results {
  machine: { cpu: string; cores: number; memoryGiB: number; system: string };
  versions: Record<string, string>;
  /** Where the pictures come from. */
  pictures: string;
  rows: Record<string, RowResult>;
}

/** Where the latest results lie. */
export const latestPath = new URL('../results/latest.json', import.meta.url).pathname;

/** Reads results; null where there are none. */
export async function readResults(path: string): Promise<Results | null> {
  const file = Bun.file(path);
  return (await file.exists()) ? ((await file.json()) as Results) : null;
}

/** Puts new results beside those of other rows, unless those are of another machine. */
export function mergeResults(before: Results | null, now: Results): Results {
  const comparable = before && JSON.stringify(before.machine) === JSON.stringify(now.machine);
  return { ...now, rows: { ...(comparable && before.rows), ...now.rows } };
}
