import type { ByteReader } from './byte-reader.ts';
import type { Draft } from './format-reader.ts';
import { type SvgAttributes, svgSize } from './svg-size.ts';

const byteOrderMark = '\xef\xbb\xbf';
const rootStart = /<(?:[\w.-]+:)?svg(?=[\s/>])/y;
const attribute = /\s+([^\s=/>"'<]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
const tagEnd = /\s*\/?>/y;

/**
 * Reads an SVG: plain XML in an encoding that contains ASCII, with the root element `svg`, with or without a prefix.
 *
 * Only white space, an XML declaration, comments and processing instructions may precede the root. A compressed SVG is not
 * recognised, nor is one with a DOCTYPE, which can define entities.
 */
export function readSvg(reader: ByteReader, image: Draft): void {
  const text = readMarkup(reader);
  const root = matchAt(rootStart, text, skipProlog(text));
  if (!root) return;
  image.type = 'image/svg+xml';
  const attributes = findAttributes(text, root.end);
  const size = attributes && svgSize(attributes);
  image.width = size?.width ?? null;
  image.height = size?.height ?? null;
}

/** Returns the text from the first `<`, or an empty string without one. One character per byte: all it needs is ASCII. */
function readMarkup(reader: ByteReader): string {
  let at = reader.text(0, 3) === byteOrderMark ? 3 : 0;
  while (isSpace(reader.u8(at))) at += 1;
  return reader.u8(at) === 0x3c ? reader.text(at, reader.length - at) : '';
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

/** Returns the position of the root element. */
function skipProlog(text: string): number {
  let at = 0;
  for (;;) {
    while (isSpace(text.charCodeAt(at))) at += 1;
    const end = text.startsWith('<?', at) ? '?>' : text.startsWith('<!--', at) ? '-->' : null;
    if (end === null) return at;
    const endAt = text.indexOf(end, at + (end === '-->' ? 4 : 2));
    if (endAt < 0) return text.length;
    at = endAt + end.length;
  }
}

/** Returns the attributes of a start tag from the end of its name; null if the tag is cut off or malformed. */
function findAttributes(text: string, from: number): SvgAttributes | null {
  const attributes: SvgAttributes = new Map();
  let at = from;
  for (let found = matchAt(attribute, text, at); found; found = matchAt(attribute, text, at)) {
    const [, name = '', doubleQuoted, singleQuoted] = found.groups;
    attributes.set(name, doubleQuoted ?? singleQuoted ?? '');
    at = found.end;
  }
  return matchAt(tagEnd, text, at) && attributes;
}

/** Matches a sticky pattern at one position. */
function matchAt(pattern: RegExp, text: string, at: number): { groups: RegExpExecArray; end: number } | null {
  pattern.lastIndex = at;
  const groups = pattern.exec(text);
  return groups && { groups, end: at + groups[0].length };
}
