import { expect, test } from 'vitest';
import { findRepeatedMembers } from './find-repeated-members.ts';

test.each<[string, string[]]>([
  ['{"width":1,"width":1}', ['/width']],
  ['{"width":1,"w\\u0069dth":2}', ['/width']],
  ['{"a/b~c":1,"a/b~c":2}', ['/a~1b~0c']],
  ['{"thumbnails":[{"name":"a"},{"name":"b","name":"c"}]}', ['/thumbnails/1/name']],
  ['[{"a":{"b":1,"b":2},"a":3}]', ['/0/a/b', '/0/a']],
  ['{"__proto__":1,"__proto__":2}', ['/__proto__']],
])('finds the repeated members of %s', (json, pointers) => {
  JSON.parse(json);
  expect(findRepeatedMembers(json)).toEqual(pointers);
});

test.each([
  '{}',
  '[1,[2,3],{"a":1},{"a":1}]',
  '{"a":"{\\"a\\":1,\\"a\\":2}","b":{"a":1}}',
  '{"a":"\\\\","b":"a\\":1,"}',
  '"a"',
  '',
])('finds none in %s', (json) => {
  expect(findRepeatedMembers(json)).toEqual([]);
});

test('a deep text, and one with thousands of repetitions, gives at most 20', () => {
  expect(findRepeatedMembers(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)).toEqual([]);
  expect(findRepeatedMembers(`{${Array(10_000).fill('"a":1').join(',')}}`)).toHaveLength(20);
});
