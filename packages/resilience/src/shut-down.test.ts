import { expect, test } from 'vitest';
import { shutDown } from './shut-down.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

test('runs the phases one after the other, in order', async () => {
  const steps: string[] = [];
  const phase = (name: string) => ({
    name,
    deadlineMs: 1_000,
    run: async () => {
      steps.push(`${name} started`);
      await Promise.resolve();
      steps.push(`${name} finished`);
    },
  });
  await shutDown(log, [phase('requests'), phase('database')]);
  expect(steps).toEqual(['requests started', 'requests finished', 'database started', 'database finished']);
});

test('runs the next phase after one that fails, throws at once or exceeds its deadline', async () => {
  const finished: string[] = [];
  await shutDown(log, [
    { name: 'failing', deadlineMs: 1_000, run: () => Promise.reject(new Error('no')) },
    {
      name: 'throwing',
      deadlineMs: 1_000,
      run: () => {
        throw new Error('no');
      },
    },
    { name: 'hanging', deadlineMs: 10, run: () => new Promise(() => undefined) },
    { name: 'last', deadlineMs: 1_000, run: async () => finished.push('last') },
  ]);
  expect(finished).toEqual(['last']);
});
