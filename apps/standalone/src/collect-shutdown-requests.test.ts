import { expect, test } from 'vitest';
import { collectShutdownRequests } from './collect-shutdown-requests.ts';

const clock = { now: 0 };
const collect = () => {
  clock.now = 0;
  return collectShutdownRequests(() => clock.now);
};

test('the first signal requests a shutdown', () => {
  const shutdown = collect();
  expect(shutdown.requested.aborted).toBe(false);
  shutdown.signal('SIGINT');
  expect(shutdown.requested.aborted).toBe(true);
  expect(shutdown.forced.aborted).toBe(false);
});

test('signals within one second count as one', () => {
  const shutdown = collect();
  for (const ms of [0, 1, 400, 999]) {
    clock.now = ms;
    shutdown.signal('SIGINT');
  }
  expect(shutdown.forced.aborted).toBe(false);
});

test('a second signal, a second or more later, forces the shutdown', () => {
  const shutdown = collect();
  shutdown.signal('SIGINT');
  clock.now = 1_000;
  shutdown.signal('SIGTERM');
  expect(shutdown.forced.aborted).toBe(true);
});

test('the first signal after another request does not force the shutdown', () => {
  const shutdown = collect();
  shutdown.request('the runner exited');
  clock.now = 5_000;
  shutdown.signal('SIGTERM');
  expect(shutdown.requested.reason).toBe('the runner exited');
  expect(shutdown.forced.aborted).toBe(false);
});
