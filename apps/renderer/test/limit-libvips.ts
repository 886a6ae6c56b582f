import { limitLibvips } from '../src/limit-libvips.ts';

/** Before any test, once: the limits hold for the process, all test files share it, and while they are set no picture opens. */
export const setup = limitLibvips;
