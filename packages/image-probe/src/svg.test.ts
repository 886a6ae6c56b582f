import sharp from 'sharp';
import { expect, test } from 'vitest';
import { probe } from './probe.ts';

const xmlns = 'xmlns="http://www.w3.org/2000/svg"';
const probeText = (text: string) => probe(new TextEncoder().encode(text));

test.each([
  'width="10.4" height="20.5"',
  'width="10px" height="20PX"',
  'width="72pt" height="6pc"',
  'width="1in" height="25.4mm"',
  'width="2.54cm" height="2em"',
  'width="2ex" height=".5e1"',
  "width = '7' \n height\t=\t'9'",
  'width="100" viewBox="0 0 50 20"',
  'height="100" viewBox="0,0 , 50,20"',
  'viewBox=" -5 -5 50.6 20.2 "',
  'width="50%" height="100%" viewBox="0 0 50 20"',
  'width="30" height="100%" viewBox="0 0 50 20"',
  'width="auto" height="20" viewBox="0 0 50 20"',
  'width="-10" height="20" viewBox="0 0 50 20"',
  'width="10vw" height="20 px" viewBox="0 0 50 20"',
])('reads the same size of <svg %s> as the decoder', async (attributes) => {
  const text = `<svg ${xmlns} ${attributes}></svg>`;
  const { width, height } = await sharp(Buffer.from(text)).metadata();
  expect(probeText(text)).toEqual({ type: 'image/svg+xml', width, height, frames: 1, orientation: 1 });
});

test.each([
  'width="100%" height="100%"',
  'width="30"',
  '',
  'viewBox="0 0 0 20"',
  'viewBox="0 0 50"',
  'viewBox="0 0 50 20 7"',
  'viewBox="a b c d"',
  'width="&#49;0" viewBox="0 0 50 20"',
  'width="10" height="10" style="fill:red; width : 9000px"',
])('reports no size for <svg %s>', (attributes) => {
  expect(probeText(`<svg ${xmlns} ${attributes}/>`)).toMatchObject({ width: null, height: null });
});

test('reads the size beside a style that only sets other widths', () => {
  const text = `<svg style="stroke-width:2;max-height:9px" width="10" height="20"/>`;
  expect(probeText(text)).toMatchObject({ width: 10, height: 20 });
});

test('limits a huge side to 32 bits, and reports no size for less than a pixel', () => {
  expect(probeText('<svg width="1e400" height="0"/>')).toMatchObject({ width: null, height: null });
  expect(probeText('<svg width="0.3" height="20"/>')).toMatchObject({ width: null, height: null });
  expect(probeText(`<svg width="1${'0'.repeat(400)}" height="1"/>`)).toMatchObject({ width: 0xffffffff, height: 1 });
  expect(probeText('<svg width="9" viewBox="0 0 1e-320 1"/>')).toMatchObject({ width: 9, height: 0xffffffff });
});

test.each([
  ['a byte order mark', '\ufeff<svg width="3" height="4"/>'],
  ['white space', ' \r\n\t<svg width="3" height="4"/>'],
  ['an XML declaration', '<?xml version="1.0" encoding="ISO-8859-1"?>\n<svg width="3" height="4"/>'],
  [
    'everything that may precede it',
    '<?xml version="1.0"?><!-- <svg> --><?xml-stylesheet href="a"?><svg width="3" height="4"/>',
  ],
  ['a comment with an umlaut', '<!-- Grüße --><svg width="3" height="4"/>'],
])('skips %s before the root', (_prolog, text) => {
  expect(probeText(text)).toMatchObject({ type: 'image/svg+xml', width: 3, height: 4 });
});

test('recognises a root with a namespace prefix', () => {
  expect(probeText('<svg:svg xmlns:svg="http://www.w3.org/2000/svg" width="3" height="4"/>')).toMatchObject({
    width: 3,
  });
});

test.each([
  'width="3" height="4" viewB',
  'width="3" height="4',
  'width="3" height="4"',
  'width=3 height="4">',
  'width="3" height="4"<g>',
])('reports no size for an incomplete root <svg %s', (attributes) => {
  expect(probeText(`<svg ${attributes}`)).toMatchObject({ type: 'image/svg+xml', width: null, height: null });
});

test.each([
  ['a DOCTYPE', '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg width="3" height="4"/>'],
  ['entities', '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>'],
  ['an HTML page with an svg element', '<!doctype html><html><body><svg width="3" height="4"/></body></html>'],
  ['an HTML page without a DOCTYPE', '<html><svg width="3" height="4"/></html>'],
  ['another root', '<svgx width="3" height="4"/>'],
  ['another element with the prefix svg', '<svg:g width="3"/>'],
  ['a root in capitals', '<SVG width="3" height="4"/>'],
  ['text before the root', 'hello <svg width="3" height="4"/>'],
  ['an unclosed comment', '<!-- <svg width="3" height="4"/>'],
  ['an end tag', '</svg >'],
])('does not recognise %s', (_file, text) => {
  expect(probeText(text)).toBeNull();
});

test('does not recognise a compressed SVG or one in UTF-16', () => {
  const text = '<svg width="3" height="4"/>';
  expect(probe(Bun.gzipSync(text))).toBeNull();
  expect(probe(Buffer.from(`\ufeff${text}`, 'utf16le'))).toBeNull();
});
