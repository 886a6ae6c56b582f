import { expect, test } from 'vitest';
import { withDeadline } from './with-deadline.ts';

const deadline = { deadlineMs: 20, code: 'unavailable', message: 'The store did not answer.' } as const;

test('returns the result of work that finishes in time', async () => {
  await expect(withDeadline(deadline, async () => 'done')).resolves.toBe('done');
});

test('throws an error with the given code at the deadline, and aborts the signal', async () => {
  let received: AbortSignal | undefined;
  const late = withDeadline(deadline, (signal) => {
    received = signal;
    return new Promise(() => undefined);
  });
  await expect(late).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  expect(received?.aborted).toBe(true);
});

test('throws an error of the work unchanged', async () => {
  const own = new Error('own');
  await expect(withDeadline(deadline, () => Promise.reject(own))).rejects.toBe(own);
});

test('runs a thenable that starts at `then`, such as a query builder, only once', async () => {
  let runs = 0;
  const lazy = {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    then: (resolve: (value: number) => unknown) => {
      runs += 1;
      return Promise.resolve(runs).then(resolve);
    },
  } as PromiseLike<number>;
  await expect(withDeadline(deadline, () => lazy)).resolves.toBe(1);
  expect(runs).toBe(1);
});
