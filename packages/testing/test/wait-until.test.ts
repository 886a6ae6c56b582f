import { expect, test } from 'vitest';
import { waitUntil } from '../src/wait-until.ts';

test('it gives what the probe finds, as soon as it finds something', async () => {
  let asked = 0;
  const probe = async () => {
    asked += 1;
    return asked > 2 ? 'found' : null;
  };
  await expect(waitUntil('it is there', probe)).resolves.toBe('found');
  expect(asked).toBe(3);
});

test('it gives up at its deadline and says what it waited for, and why it failed last', async () => {
  const failing = waitUntil('it answers', () => Promise.reject(new Error('refused')), 60);
  await expect(failing).rejects.toMatchObject({
    message: expect.stringContaining('it answers'),
    cause: expect.objectContaining({ message: 'refused' }),
  });
});
