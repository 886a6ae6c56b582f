import { expect, test } from 'vitest';
import { parseKeysCommand } from './parse-keys-command.ts';

test('parses create, list and revoke, with options in any order', () => {
  const create = { verb: 'create', name: 'ci', scope: 'write', expiresAt: undefined, sharedWith: undefined };
  expect(parseKeysCommand(['create', '--name', 'ci', '--scope', 'write'])).toEqual(create);
  expect(parseKeysCommand(['create', '--scope=write', '--name=ci', '--shared-with', 'old'])).toEqual({
    ...create,
    sharedWith: 'old',
  });
  expect(parseKeysCommand(['create', '--name', 'ci', '--scope', 'admin', '--expires', '2030-01-01'])).toEqual({
    ...create,
    scope: 'admin',
    expiresAt: new Date('2030-01-01T00:00:00Z'),
  });
  expect(parseKeysCommand(['list'])).toEqual({ verb: 'list' });
  expect(parseKeysCommand(['revoke', 'ci'])).toEqual({ verb: 'revoke', key: 'ci' });
});

test.each([
  [[]],
  [['help']],
  [['create']],
  [['create', '--name', 'ci']],
  [['create', '--name', 'ci', '--scope', 'owner']],
  [['create', 'ci', '--scope', 'read']],
  [['create', '--name', 'ci', '--scope', 'read', 'more']],
  [['create', '--name', 'ci', '--scope', 'read', '--expires', '1']],
  [['list', '--name', 'ci']],
  [['list', 'ci']],
  [['revoke']],
  [['revoke', 'a', 'b']],
  [['revoke', 'a', '--scope', 'read']],
])('rejects %j', (args) => {
  expect(parseKeysCommand(args)).toBeNull();
});
