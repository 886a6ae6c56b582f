import type { Database } from '@thumbnail-api/db';
import { createLogger } from '@thumbnail-api/telemetry';
import { waitUntil } from '@thumbnail-api/testing';
import { expect, test } from 'vitest';
import type { JobEnd } from './job-end-subscriptions.ts';
import { openJobEnds } from './job-ends.ts';

const id = '0199f0c2-0000-7000-8000-000000000000';
const log = createLogger('test', 'silent');

/** A database with one job, which announces nothing by itself and counts what is done with it. */
function fakeDatabase(read: () => { id: string; isFinished: boolean }[]) {
  const calls = { reads: 0, listens: 0, stops: 0, announce: (_id: string): void => undefined };
  const database = {
    run: async () => {
      calls.reads += 1;
      return read();
    },
    listen: async (_channel: string, announce: (id: string) => void, listening: () => void) => {
      calls.listens += 1;
      calls.announce = announce;
      listening();
      return async () => {
        calls.stops += 1;
      };
    },
  } as unknown as Database;
  return { calls, database };
}

const unfinished = () => [{ id, isFinished: false }];
const finished = () => [{ id, isFinished: true }];

test('idle: without subscriptions it listens but reads no job', async () => {
  const { calls, database } = fakeDatabase(unfinished);
  const ends = openJobEnds({ database, log }, 1);
  await waitUntil('listening', async () => calls.listens === 1);
  await ends.close();
  expect(calls).toMatchObject({ reads: 0, listens: 1, stops: 1 });
});

test('scheduled: a subscription is read until the job has ended, and then no more', async () => {
  let rows = unfinished();
  const { calls, database } = fakeDatabase(() => rows);
  const ends = openJobEnds({ database, log }, 1);
  const received: (JobEnd | undefined)[] = [];
  ends.subscribe([id], (end) => received.push(end));
  await waitUntil('the job is read', async () => calls.reads > 2);
  rows = finished();
  await waitUntil('the end is received', async () => received.length > 0);
  const reads = calls.reads;
  await ends.close();
  expect([received.map((end) => end?.id), calls.reads]).toEqual([[id], reads]);
});

test('an announced end reaches every subscriber once, without a read', async () => {
  const { calls, database } = fakeDatabase(unfinished);
  const ends = openJobEnds({ database, log }, 3_600_000);
  await waitUntil('listening', async () => calls.listens === 1);
  const received: (string | undefined)[] = [];
  ends.subscribe([id], (end) => received.push(end?.id));
  ends.subscribe([id], (end) => received.push(end?.id));
  calls.announce(id);
  calls.announce(id);
  await ends.close();
  expect([received, calls.reads]).toEqual([[id, id], 0]);
});

test('reading: a read that fails is retried', async () => {
  let failures = 0;
  const { database } = fakeDatabase(() => {
    failures += 1;
    if (failures < 3) throw new Error('unavailable');
    return finished();
  });
  const ends = openJobEnds({ database, log }, 1);
  const ended = Promise.withResolvers<JobEnd | undefined>();
  ends.subscribe([id], ended.resolve);
  expect((await ended.promise)?.id).toBe(id);
  await ends.close();
});

test('closed: every subscriber is called without an end, later ones too', async () => {
  const { database } = fakeDatabase(unfinished);
  const ends = openJobEnds({ database, log }, 1);
  const received: (JobEnd | undefined)[] = [];
  const unsubscribe = ends.subscribe([id], () => expect.unreachable());
  ends.subscribe([id], (end) => received.push(end));
  unsubscribe();
  await ends.close();
  ends.subscribe([id], (end) => received.push(end));
  expect(received).toEqual([undefined, undefined]);
});
