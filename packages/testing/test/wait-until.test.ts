import { expect, test } from 'vitest';
import { waitUntil } from '../src/wait-until.ts';

test('returns the first result of the probe', async () => {
  let calls = 0;
  const probe = async () => {
    calls += 1;
    return calls > 2 ? 'found' : null;
  };
  await expect(waitUntil('something is found', probe)).resolves.toBe('found');
  expect(calls).toBe(3);
});

test('fails at its deadline with the description and the last error', async () => {
  const failing = waitUntil('it answers', () => Promise.reject(new Error('refused')), 60);
  await expect(failing).rejects.toMatchObject({
    message: expect.stringContaining('it answers'),
    cause: expect.objectContaining({ message: 'refused' }),
  });
});
