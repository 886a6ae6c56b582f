import { findFreePort, waitUntil } from '@thumbnail-api/testing';
import { afterEach, expect, test } from 'vitest';
import { defaultRestartPolicy, type SupervisedChild, supervise } from '../src/supervise.ts';
import { isGone } from './is-gone.ts';

const patience = { firstPauseMs: 20, longestPauseMs: 40, steadyMs: 60_000, stopMs: 300 };
const never = new AbortController().signal;
const started: SupervisedChild[] = [];

afterEach(async () => {
  for (const child of started.splice(0)) await child.stop(AbortSignal.abort());
});

async function start(manner: string, own = patience) {
  const port = await findFreePort();
  const lines: string[] = [];
  const command = [
    process.execPath,
    '--no-env-file',
    `${import.meta.dirname}/stand-in-server.ts`,
    String(port),
    manner,
  ];
  const plan = { name: 'The child', command, environment: {}, directory: import.meta.dirname };
  const child = supervise(plan, own, (line) => lines.push(line));
  started.push(child);
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json() as Promise<number>;
  const pid = () => waitUntil('the child answers', () => ask('/pid'));
  return { child, lines, ask, pid, exit: (code: number) => ask(`/exit/${code}`).catch(() => undefined) };
}

test('a child that dies is started again, with one line for each death', async () => {
  const { lines, exit, pid } = await start('willing');
  const first = await pid();
  await exit(3);
  const second = await pid();
  process.kill(second, 'SIGKILL');
  await waitUntil('a third child answers', async () => ![first, second].includes(await pid()));
  expect(lines).toEqual([
    'The child ended with exit status 3; starting it again in 20 ms.',
    'The child ended by SIGKILL; starting it again in 40 ms.',
  ]);
});

test('the pause between two starts does not outgrow its bound', async () => {
  const { lines, exit, pid } = await start('willing');
  for (const _ of [1, 2, 3, 4]) {
    await pid();
    await exit(1);
  }
  await waitUntil('four deaths were told', async () => lines.length === 4);
  expect(lines.at(-1)).toContain('in 40 ms');
});

test('a child that lived long enough starts again after the first pause', async () => {
  const { lines, exit, pid } = await start('willing', { ...patience, steadyMs: 0 });
  for (const _ of [1, 2, 3]) {
    await pid();
    await exit(1);
  }
  await waitUntil('three deaths were told', async () => lines.length === 3);
  expect(lines.every((line) => line.includes('in 20 ms'))).toBe(true);
});

test('a child that cannot use its configuration is not started again', async () => {
  const { child, lines, exit, pid } = await start('willing');
  const first = await pid();
  await exit(78);
  await child.misconfigured;
  expect(await isGone(first)).toBe(true);
  expect(lines).toEqual([]);
});

test('stopping lets the child end by itself', async () => {
  const { child, lines, pid } = await start('slow', defaultRestartPolicy);
  const running = await pid();
  const since = performance.now();
  await child.stop(never);
  expect(performance.now() - since).toBeGreaterThan(1_000);
  expect(await isGone(running)).toBe(true);
  expect(lines).toEqual([]);
});

test('a child that does not end is killed when patience is over', async () => {
  const { child, pid } = await start('stubborn');
  const running = await pid();
  await child.stop(never);
  expect(await isGone(running)).toBe(true);
});

test('force kills at once', async () => {
  const { child, pid } = await start('stubborn', defaultRestartPolicy);
  const running = await pid();
  const force = new AbortController();
  const stopped = child.stop(force.signal);
  force.abort();
  await stopped;
  expect(await isGone(running)).toBe(true);
});

test('what a dead child leaves behind is killed', async () => {
  const { ask, exit } = await start('willing');
  const orphan = await waitUntil('the child answers', () => ask('/leave-behind'));
  await exit(1);
  expect(await isGone(orphan)).toBe(true);
});
