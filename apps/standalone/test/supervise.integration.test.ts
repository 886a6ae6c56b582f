import { findFreePort, waitUntil } from '@thumbnail-api/testing';
import { afterEach, expect, test } from 'vitest';
import { defaultRestartPolicy, type SupervisedChild, supervise } from '../src/supervise.ts';
import { isGone } from './is-gone.ts';

const policy = { firstPauseMs: 20, longestPauseMs: 40, steadyMs: 60_000, stopDeadlineMs: 300 };
const never = new AbortController().signal;
const started: SupervisedChild[] = [];

afterEach(async () => {
  for (const child of started.splice(0)) await child.stop(AbortSignal.abort());
});

async function start(reaction: string, restartPolicy = policy) {
  const port = await findFreePort();
  const lines: string[] = [];
  const command = [
    process.execPath,
    '--no-env-file',
    `${import.meta.dirname}/stand-in-server.ts`,
    String(port),
    reaction,
  ];
  const plan = { name: 'The child', command, environment: {}, directory: import.meta.dirname };
  const child = supervise(plan, restartPolicy, (line) => lines.push(line));
  started.push(child);
  const request = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json() as Promise<number>;
  const pid = () => waitUntil('the child answers', () => request('/pid'));
  return { child, lines, request, pid, exit: (code: number) => request(`/exit/${code}`).catch(() => undefined) };
}

test('restarts a child that exits, with one line for each exit', async () => {
  const { lines, exit, pid } = await start('prompt');
  const first = await pid();
  await exit(3);
  const second = await pid();
  process.kill(second, 'SIGKILL');
  await waitUntil('a third child answers', async () => ![first, second].includes(await pid()));
  expect(lines).toEqual([
    'The child exited with status 3. Restarting in 20 ms.',
    'The child exited on SIGKILL. Restarting in 40 ms.',
  ]);
});

test('the pause between restarts never exceeds its maximum', async () => {
  const { lines, exit, pid } = await start('prompt');
  for (const _ of [1, 2, 3, 4]) {
    await pid();
    await exit(1);
  }
  await waitUntil('four exits were reported', async () => lines.length === 4);
  expect(lines.at(-1)).toContain('in 40 ms');
});

test('the pause is reset after a child has run long enough', async () => {
  const { lines, exit, pid } = await start('prompt', { ...policy, steadyMs: 0 });
  for (const _ of [1, 2, 3]) {
    await pid();
    await exit(1);
  }
  await waitUntil('three exits were reported', async () => lines.length === 3);
  expect(lines.every((line) => line.includes('in 20 ms'))).toBe(true);
});

test('a child with an invalid configuration is not restarted', async () => {
  const { child, lines, exit, pid } = await start('prompt');
  const first = await pid();
  await exit(78);
  await child.misconfigured;
  expect(await isGone(first)).toBe(true);
  expect(lines).toEqual([]);
});

test('stopping waits for the child to exit by itself', async () => {
  const { child, lines, pid } = await start('slow', defaultRestartPolicy);
  const running = await pid();
  const since = performance.now();
  await child.stop(never);
  expect(performance.now() - since).toBeGreaterThan(1_000);
  expect(await isGone(running)).toBe(true);
  expect(lines).toEqual([]);
});

test('a child that does not exit is killed at the deadline', async () => {
  const { child, pid } = await start('stubborn');
  const running = await pid();
  await child.stop(never);
  expect(await isGone(running)).toBe(true);
});

test('a forced stop kills the child at once', async () => {
  const { child, pid } = await start('stubborn', defaultRestartPolicy);
  const running = await pid();
  const force = new AbortController();
  const stopped = child.stop(force.signal);
  force.abort();
  await stopped;
  expect(await isGone(running)).toBe(true);
});

test('descendants of a child that exited are killed', async () => {
  const { request, exit } = await start('prompt');
  const descendant = await waitUntil('the child answers', () => request('/leave-behind'));
  await exit(1);
  expect(await isGone(descendant)).toBe(true);
});
