import { expect, test, vi } from 'vitest';
import { Turns } from './turns.ts';

test('a client has so many turns at a time, in order, and others do not wait for it', async () => {
  const turns = new Turns(2);
  const started: string[] = [];
  const start = async (client: string, name: string) => {
    const turn = await turns.acquire(client);
    started.push(name);
    return turn;
  };
  const [first, second] = [await start('a', 'a1'), await start('a', 'a2')];
  const [third, fourth] = [start('a', 'a3'), start('a', 'a4')];
  const other = await start('b', 'b1');
  expect(started).toEqual(['a1', 'a2', 'b1']);
  first.release();
  first.release();
  (await third).release();
  (await fourth).release();
  expect(started).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
  second.release();
  other.release();
  await start('a', 'a5');
  await start('a', 'a6');
  expect(started.slice(-2)).toEqual(['a5', 'a6']);
});

test('a request that waits for something else gives its turn to the next one, and gets another one after that', async () => {
  const turns = new Turns(1);
  const first = await turns.acquire('a');
  const body = Promise.withResolvers<string>();
  const paused = first.pauseFor(() => body.promise);
  const second = await turns.acquire('a');
  body.resolve('body');
  const isWaiting = Symbol();
  expect(await Promise.race([paused, new Promise((resolve) => setImmediate(resolve, isWaiting))])).toBe(isWaiting);
  second.release();
  expect(await paused).toBe('body');
  const third = turns.acquire('a');
  first.release();
  (await third).release();
});

test('a request that waits for its turn is rejected after 30 seconds, and takes none', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const turns = new Turns(1);
  const held = await turns.acquire('a');
  const late = turns.acquire('a');
  const next = turns.acquire('a');
  vi.advanceTimersByTime(30_000);
  await expect(late).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 2 });
  await expect(next).rejects.toMatchObject({ code: 'unavailable' });
  held.release();
  await turns.acquire('a');
  vi.useRealTimers();
});
