import { expect, test } from 'vitest';
import { collectShutdownRequests } from './shutdown-requests.ts';

const atMs = { now: 0 };
const collect = () => {
  atMs.now = 0;
  return collectShutdownRequests(() => atMs.now);
};

test('the first signal asks for the end', () => {
  const shutdown = collect();
  expect(shutdown.requested.aborted).toBe(false);
  shutdown.signal('SIGINT');
  expect(shutdown.requested.aborted).toBe(true);
  expect(shutdown.forced.aborted).toBe(false);
});

test('repeats of a signal within a second are one', () => {
  const shutdown = collect();
  for (const ms of [0, 1, 400, 999]) {
    atMs.now = ms;
    shutdown.signal('SIGINT');
  }
  expect(shutdown.forced.aborted).toBe(false);
});

test('a second signal a second later insists', () => {
  const shutdown = collect();
  shutdown.signal('SIGINT');
  atMs.now = 1_000;
  shutdown.signal('SIGTERM');
  expect(shutdown.forced.aborted).toBe(true);
});

test('a signal long after a request of another kind does not insist', () => {
  const shutdown = collect();
  shutdown.request('the runner has gone');
  atMs.now = 5_000;
  shutdown.signal('SIGTERM');
  expect(shutdown.requested.reason).toBe('the runner has gone');
  expect(shutdown.forced.aborted).toBe(false);
});
