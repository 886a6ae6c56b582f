import { parseArgs } from 'node:util';

/** A parsed command. */
export interface VerifyCommand {
  /** How many originals and thumbnails to verify; null for all. */
  sample: number | null;
  restore: boolean;
}

/** The help text for invalid arguments. */
export const usage = `Usage:
bun run admin verify               compares every row with the bucket, and every object with the rows
bun run admin verify --sample <n>  compares n originals and n thumbnails at random
bun run admin verify --restore     also moves back from orphans/ what a row names`;

/** Parses the arguments after `verify`. Returns null if they are invalid. */
export function parseVerifyCommand(args: string[]): VerifyCommand | null {
  try {
    const { values } = parseArgs({ args, options: { sample: { type: 'string' }, restore: { type: 'boolean' } } });
    const { sample, restore = false } = values;
    if (sample === undefined) return { sample: null, restore };
    return /^[1-9]\d{0,6}$/.test(sample) ? { sample: Number(sample), restore } : null;
  } catch {
    return null;
  }
}
