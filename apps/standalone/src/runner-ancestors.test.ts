import { expect, test } from 'vitest';
import { findRunnerAncestors } from './runner-ancestors.ts';

/** A chain of processes from the parent upwards, as command lines; the last one's parent is process 1. */
const climb = (...lines: string[]) => {
  const find = (pid: number) => {
    const line = lines[pid - 100];
    const parent = pid - 100 === lines.length - 1 ? 1 : pid + 1;
    return line === undefined ? null : { pid, parent, words: line.split(' '), startedAt: '1' };
  };
  return findRunnerAncestors(100, find).map(({ words }) => words.join(' '));
};

test.each([
  [
    'npx from a terminal',
    ['/home/me/.npm/_npx/1/node_modules/.bin/bun start', 'sh -c bun start', 'npm exec bun@1.4.5 start', '-bash'],
    3,
  ],
  ['npx that quotes', ['bun start', "sh -c 'bun' start", 'npm exec bun@1.4.5 start', '-bash'], 3],
  ['npx whose shell stepped aside', ['bun start', 'npm exec bun@1.4.5 start', '-zsh'], 2],
  ['npx under node', ['bun start', 'node /usr/local/bin/npx --yes bun@1.4.5 start', 'bash'], 2],
  ['bun alone', ['bun start', '/usr/bin/zsh'], 1],
  ['the shell of bun run', ['sh -c bun install && bun apps/standalone/src/main.ts', 'bun start', 'bash'], 2],
])('%s: every runner is found, and what is above is not', (_, lines, count) => {
  expect(climb(...lines)).toEqual(lines.slice(0, count));
});

test.each([
  ['a login shell', ['-bash', 'login']],
  ['a shell that a user gave a command line', ['bash -c bun start & sleep 5', 'sshd']],
  ['another node program', ['node server.js', 'bash']],
  ['a service manager', ['/sbin/init']],
])('%s is not a runner', (_, lines) => {
  expect(climb(...lines)).toEqual([]);
});
