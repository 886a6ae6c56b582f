export type { Counter, Usage } from './counter.ts';
export { openMemoryCounter } from './memory-counter.ts';
export { type CounterOptions, openCounter } from './open-counter.ts';
