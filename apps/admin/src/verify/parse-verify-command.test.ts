import { expect, test } from 'vitest';
import { parseVerifyCommand } from './parse-verify-command.ts';

test.each([
  [[], { sample: null, restore: false }],
  [['--sample', '100'], { sample: 100, restore: false }],
  [['--restore'], { sample: null, restore: true }],
])('parses %j', (args, command) => {
  expect(parseVerifyCommand(args)).toEqual(command);
});

test.each([[['--sample']], [['--sample', '0']], [['--sample', '-1']], [['--sample', 'all']], [['--force']], [['now']]])(
  'rejects %j',
  (args) => {
    expect(parseVerifyCommand(args)).toBeNull();
  },
);
