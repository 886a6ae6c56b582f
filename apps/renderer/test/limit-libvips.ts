import { limitLibvips } from '../src/limit-libvips.ts';

/** Sets the limits once before all tests: they apply to the process that all test files share, and no image opens while they change. */
export const setup = limitLibvips;
