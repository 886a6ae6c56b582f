import { expect, test } from 'vitest';
import { cleanFilename } from './clean-filename.ts';

test.each([
  ['cat.jpg', 'cat.jpg'],
  ['Grüße 猫 😀.png', 'Grüße 猫 😀.png'],
  ['a\0b.png', 'ab.png'],
  ['a\r\nset-cookie: b\u0085.png', 'aset-cookie: b.png'],
  [`${'a'.repeat(254)}😀`, `${'a'.repeat(254)}\ufffd`],
  ['x'.repeat(300), 'x'.repeat(255)],
  ['\0', null],
  ['', null],
  [undefined, null],
])('%j becomes %j', (name, cleaned) => {
  expect(cleanFilename(name)).toBe(cleaned);
});
