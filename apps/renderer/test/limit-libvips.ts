import { limitLibvips } from '../src/limit-libvips.ts';

/** Sets the limits once, before all tests: all test files share the process, and no image opens while the limits change. */
export const setup = limitLibvips;
