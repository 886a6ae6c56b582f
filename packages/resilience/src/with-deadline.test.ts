import { expect, test } from 'vitest';
import { withDeadline } from './with-deadline.ts';

const deadline = { deadlineMs: 20, code: 'unavailable', message: 'The store did not answer.' } as const;

test('work that ends in time gives its result', async () => {
  await expect(withDeadline(deadline, async () => 'done')).resolves.toBe('done');
});

test('work that never ends is cut off with the code it was given, and its signal is aborted', async () => {
  let seen: AbortSignal | undefined;
  const cut = withDeadline(deadline, (signal) => {
    seen = signal;
    return new Promise(() => undefined);
  });
  await expect(cut).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  expect(seen?.aborted).toBe(true);
});

test('an error of the work itself comes through unchanged', async () => {
  const own = new Error('own');
  await expect(withDeadline(deadline, () => Promise.reject(own))).rejects.toBe(own);
});

test('work that begins when it is looked at, as a query builder does, begins once', async () => {
  let begun = 0;
  const lazy = {
    // biome-ignore lint/suspicious/noThenProperty: this is what is tested
    then: (resolve: (value: number) => unknown) => {
      begun += 1;
      return Promise.resolve(begun).then(resolve);
    },
  } as PromiseLike<number>;
  await expect(withDeadline(deadline, () => lazy)).resolves.toBe(1);
  expect(begun).toBe(1);
});
