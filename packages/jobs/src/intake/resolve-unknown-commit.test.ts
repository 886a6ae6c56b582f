import { CommitUnknown } from '@thumbnail-api/db';
import { expect, test } from 'vitest';
import { resolveUnknownCommit } from './resolve-unknown-commit.ts';

const unknown = new CommitUnknown(new Error('the connection was lost'));
const refused = new Error('duplicate key');

/** A fallback that records what was called. */
const fallback = (read: () => Promise<string>) => {
  const calls: string[] = [];
  const recorded = {
    read: () => {
      calls.push('read');
      return read();
    },
    discard: async () => void calls.push('discard'),
  };
  return { calls, recorded };
};

test('a commit that succeeds gives its result and calls nothing else', async () => {
  const { calls, recorded } = fallback(async () => 'read');
  expect(await resolveUnknownCommit(Promise.resolve('committed'), recorded)).toBe('committed');
  expect(calls).toEqual([]);
});

test('a commit with an unknown outcome gives the rows that were found', async () => {
  const { calls, recorded } = fallback(async () => 'read');
  expect(await resolveUnknownCommit(Promise.reject(unknown), recorded)).toBe('read');
  expect(calls).toEqual(['read']);
});

test('a commit with an unknown outcome and no rows throws and discards nothing', async () => {
  const { calls, recorded } = fallback(() => Promise.reject(new Error('not found')));
  await expect(resolveUnknownCommit(Promise.reject(unknown), recorded)).rejects.toBe(unknown);
  expect(calls).toEqual(['read']);
});

test('a commit that failed throws and discards, without reading', async () => {
  const { calls, recorded } = fallback(async () => 'read');
  await expect(resolveUnknownCommit(Promise.reject(refused), recorded)).rejects.toBe(refused);
  expect(calls).toEqual(['discard']);
});
