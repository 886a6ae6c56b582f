import { expect, test } from 'vitest';
import { assertPlainSvg } from './assert-plain-svg.ts';

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"/>';
const doctype = '<!DOCTYPE svg [<!ENTITY a "b">]>';

test.each([
  ['before the root', Buffer.from(`${doctype}${svg}`)],
  ['in small letters', Buffer.from(`<!doctype svg>${svg}`)],
  ['after the root', Buffer.from(`${svg}${doctype}`)],
  ['behind a comment that two parsers could read differently', Buffer.from(`<!--> -->${doctype}${svg}`)],
  ['in UTF-16', Buffer.from(`\ufeff${doctype}${svg}`, 'utf16le')],
])('a DOCTYPE is rejected although the probe would miss it: %s', (_, bytes) => {
  expect(() => assertPlainSvg(bytes)).toThrow(expect.objectContaining({ code: 'unsupported_media_type' }));
});

test('an SVG of up to 1 MB without a DOCTYPE passes', () => {
  const padding = (bytes: number) => Buffer.from(svg.padEnd(bytes, ' '));
  expect(() => assertPlainSvg(padding(1_048_576))).not.toThrow();
  expect(() => assertPlainSvg(padding(1_048_577))).toThrow(expect.objectContaining({ code: 'image_too_large' }));
});
