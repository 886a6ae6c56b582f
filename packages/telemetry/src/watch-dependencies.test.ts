import { expect, test } from 'vitest';
import { watchDependencies } from './watch-dependencies.ts';

/** A dependency that a test breaks, and the lines that were logged about it. */
function open() {
  const lines: unknown[] = [];
  const write = (facts: { dependency?: string }, message: string) => lines.push([message, facts.dependency]);
  const log = { info: write, warn: write } as unknown as Parameters<typeof watchDependencies>[1];
  const queue = { isUp: true, checks: 0 };
  const check = async () => {
    queue.checks += 1;
    if (!queue.isUp) throw new Error('unavailable');
  };
  return { lines, queue, check, log };
}

test('logs one line when a dependency becomes unavailable, and one when it has recovered', async () => {
  const { lines, queue, check, log } = open();
  const watch = watchDependencies({ queue: check }, log);
  for (const isUp of [true, false, false, false, true, true]) {
    queue.isUp = isUp;
    expect(await watch.read(-1)).toEqual({ queue: isUp ? 'up' : 'down' });
  }
  expect(lines).toEqual([
    ['dependency unavailable', 'queue'],
    ['dependency recovered', 'queue'],
  ]);
});

test('a check runs once, however often its state is read in the meantime', async () => {
  const { queue, check, log } = open();
  const watch = watchDependencies({ queue: check }, log);
  await Promise.all(Array.from({ length: 50 }, () => watch.read(60_000)));
  expect(queue.checks).toBe(1);
});

test('a dependency that hangs does not delay the state of the one that is needed', async () => {
  const { check, log } = open();
  const hanging = Promise.withResolvers<void>();
  const watch = watchDependencies({ queue: check, storage: () => hanging.promise }, log);
  expect(await watch.read(1_000, ['queue'])).toEqual({ queue: 'up', storage: 'down' });
  hanging.resolve();
  expect(await watch.read(1_000)).toEqual({ queue: 'up', storage: 'up' });
});
