import { expect, test } from 'vitest';
import { cleanFilename } from './clean-filename.ts';

test.each([
  ['cat.jpg', 'cat.jpg'],
  ['Grüße 猫 😀.png', 'Grüße 猫 😀.png'],
  ['a\0b.png', 'ab.png'],
  ['a\r\nset-cookie: b\u0085.png', 'aset-cookie: b.png'],
  ['a\r\nb\t\x1b[31m\x7f\x9f.png', 'ab[31m.png'],
  ['cat\u202Egnp.exe', 'catgnp.exe'],
  ['\u2066a\u2069\u061c\u200e\u200f\u202a\u202c.png', 'a.png'],
  ['\ufeffa\u200b\u200c\u200d\u2060\u00ad\u180e\u034f\u3164.png', 'a.png'],
  ['a\u2028b\u2029.png', 'ab.png'],
  ['a\u{e0041}b.png', 'ab.png'],
  ['\u202E', null],
  [`${'\u200b'.repeat(300)}a.png`, 'a.png'],
  [`${'a'.repeat(254)}😀`, `${'a'.repeat(254)}\ufffd`],
  ['x'.repeat(300), 'x'.repeat(255)],
  ['\0', null],
  ['', null],
  [undefined, null],
])('%j becomes %j', (name, cleaned) => {
  expect(cleanFilename(name)).toBe(cleaned);
});
