import { expect, test } from 'vitest';
import { shutDown } from './shut-down.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

test('phases run one after the other, in their order', async () => {
  const steps: string[] = [];
  const phase = (name: string) => ({
    name,
    deadlineMs: 1_000,
    run: async () => {
      steps.push(`${name} begins`);
      await Promise.resolve();
      steps.push(`${name} ends`);
    },
  });
  await shutDown(log, [phase('requests'), phase('database')]);
  expect(steps).toEqual(['requests begins', 'requests ends', 'database begins', 'database ends']);
});

test('a phase that fails or never ends does not keep the next one from running', async () => {
  const reached: string[] = [];
  await shutDown(log, [
    { name: 'failing', deadlineMs: 1_000, run: () => Promise.reject(new Error('no')) },
    { name: 'hanging', deadlineMs: 10, run: () => new Promise(() => undefined) },
    { name: 'last', deadlineMs: 1_000, run: async () => reached.push('last') },
  ]);
  expect(reached).toEqual(['last']);
});
