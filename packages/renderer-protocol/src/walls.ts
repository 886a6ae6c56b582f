import { z } from 'zod';

const walls = z.strictObject({ landlock: z.int().min(0), seccomp: z.boolean() });

/** What separates a renderer from everything but its own image, on this kernel. */
export interface Walls {
  /** Version of Landlock, which restricts files and, in newer versions, TCP and signals; 0 if this kernel has none. */
  landlock: number;
  /** Whether seccomp restricts system calls. */
  seccomp: boolean;
}

/**
 * Parses what the launcher of a renderer says of the walls.
 *
 * @throws Error for anything else
 */
export const parseWalls = (text: string): Walls => walls.parse(JSON.parse(text));
