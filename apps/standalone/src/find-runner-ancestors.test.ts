import { expect, test, vi } from 'vitest';
import { findRunnerAncestors, hasLostNpm, watchProcesses } from './find-runner-ancestors.ts';

/** Finds processes in a chain of command lines, from the parent upwards. The parent of the last one is process 1. */
const findIn = (lines: string[]) => (pid: number) => {
  const line = pid === 1 ? '/sbin/init' : lines[pid - 100];
  const parent = pid - 100 === lines.length - 1 ? 1 : pid + 1;
  return line === undefined ? null : { pid, parent: pid === 1 ? 0 : parent, words: line.split(' '), startedAt: '1' };
};

const climb = (...lines: string[]) =>
  findRunnerAncestors(100, findIn(lines)).runners.map(({ words }) => words.join(' '));

test.each([
  [
    'npx from a terminal',
    ['/home/me/.npm/_npx/1/node_modules/.bin/bun start', 'sh -c bun start', 'npm exec bun@1.4.5 start', '-bash'],
    3,
  ],
  ['npx with a quoted command', ['bun start', "sh -c 'bun' start", 'npm exec bun@1.4.5 start', '-bash'], 3],
  ['npx whose shell replaced itself', ['bun start', 'npm exec bun@1.4.5 start', '-zsh'], 2],
  ['npx run by node', ['bun start', 'node /usr/local/bin/npx --yes bun@1.4.5 start', 'bash'], 2],
  ['bun alone', ['bun start', '/usr/bin/zsh'], 1],
  ['the shell of bun run', ['sh -c bun install && bun apps/standalone/src/main.ts', 'bun start', 'bash'], 2],
])('%s: finds every runner and nothing above them', (_, lines, count) => {
  expect(climb(...lines)).toEqual(lines.slice(0, count));
});

test.each([
  ['a login shell', ['-bash', 'login']],
  ['a shell with a command line of the user', ['bash -c bun start & sleep 5', 'sshd']],
  ['another node program', ['node server.js', 'bash']],
  ['a service manager', ['/sbin/init']],
])('%s is not a runner', (_, lines) => {
  expect(climb(...lines)).toEqual([]);
});

test('finds npx as the first process of a container', () => {
  const find = (pid: number) =>
    pid === 1
      ? { pid, parent: 0, words: ['npm', 'exec', 'bun@1.4.5', 'start'], startedAt: '1' }
      : findIn(['bun start'])(pid);
  expect(findRunnerAncestors(100, find).runners.map(({ pid }) => pid)).toEqual([100, 1]);
});

const npmCli = '/usr/lib/node_modules/npm/bin/npm-cli.js';

test.each([
  ['npx was killed earlier', ['bun start', "sh -c 'bun' start"], npmCli, true],
  ['npx and its shell were killed earlier', ['bun start'], npmCli, true],
  ['a service manager runs a shell', ['bun start', 'sh -c bun start'], undefined, false],
  ['npx is running', ['bun start', "sh -c 'bun' start", 'npm exec bun@1.4.5 start'], npmCli, false],
  ['npx is running under node', ['bun start', 'node /usr/local/bin/npx bun@1.4.5 start'], npmCli, false],
  ["the user's shell is running", ['bun start', '-bash'], npmCli, false],
  ['npm_execpath is unset', ['bun start'], undefined, false],
  ['there is no runner', ['-bash'], npmCli, false],
])('%s: lost is %3$s', (_, lines, named, lost) => {
  expect(hasLostNpm(findRunnerAncestors(100, findIn(lines)), named)).toBe(lost);
});

test('reports an exit once, also when the process id was reused', () => {
  vi.useFakeTimers();
  const facts = { pid: 100, parent: 1, words: ['bun', 'start'], startedAt: 'first' };
  let found: typeof facts | null = facts;
  const exited: number[] = [];
  watchProcesses([facts], ({ pid }) => exited.push(pid), { pollMs: 500, find: () => found });
  vi.advanceTimersByTime(2_000);
  expect(exited).toEqual([]);
  found = { ...facts, startedAt: 'later' };
  vi.advanceTimersByTime(2_000);
  expect(exited).toEqual([100]);
  vi.useRealTimers();
});
