import { expect, test } from 'vitest';
import { HeldMessages } from './held-messages.ts';
import { messageIdFor, newMessageIdFor } from './render-job-message.ts';

test('every job with a message is found, whichever message it is', () => {
  const held = new HeldMessages();
  const ids = Array.from({ length: 10_000 }, () => Bun.randomUUIDv7());
  for (const [index, id] of ids.entries()) held.add(index % 2 ? messageIdFor(id, index) : newMessageIdFor(id, index));
  expect(ids.every((id) => held.hasJob(id))).toBe(true);
});

test('of the jobs without a message, nearly all are known to have none', () => {
  const held = new HeldMessages();
  for (let count = 0; count < 10_000; count += 1) held.add(messageIdFor(Bun.randomUUIDv7(), 0));
  const mistaken = Array.from({ length: 10_000 }, () => held.hasJob(Bun.randomUUIDv7())).filter(Boolean);
  expect(mistaken.length).toBeLessThan(100);
});
