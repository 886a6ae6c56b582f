import { AppError } from '@thumbnail-api/errors';
import { expect, test } from 'vitest';
import { waitUntilAvailable } from './wait-until-available.ts';

const unavailable = new AppError('unavailable', 'The database is unavailable.', { retryable: true });

function record() {
  const lines: string[] = [];
  const add = (_facts: object, line: string) => lines.push(line);
  return { lines, log: { info: add, warn: add } };
}

test('waits while a dependency is unavailable, with one line at the begin and one at the end', async () => {
  const { lines, log } = record();
  let tries = 0;
  const check = async () => {
    tries += 1;
    if (tries < 4) throw unavailable;
  };
  await waitUntilAvailable(check, log, () => false);
  expect(lines).toEqual(['a dependency is unavailable, waiting for it', 'all dependencies are available, starting']);
});

test('throws an error that waiting does not end', async () => {
  const { lines, log } = record();
  const check = () => Promise.reject(new Error('The database schema is older than this build'));
  await expect(waitUntilAvailable(check, log, () => false)).rejects.toThrow('schema is older');
  expect(lines).toEqual([]);
});

test('stops waiting when it is cancelled', async () => {
  await expect(
    waitUntilAvailable(
      () => Promise.reject(unavailable),
      record().log,
      () => true,
    ),
  ).rejects.toBe(unavailable);
});
