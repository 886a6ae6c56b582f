import { sideMax } from './probed-image.ts';

/** The attributes of the root element by name, with the values as written between the quotes. */
export type SvgAttributes = Map<string, string>;

/** Pixels per unit at 72 pixels per inch and a font size of 12, the defaults with which SVG is rendered. */
const pxOfUnit = new Map([
  ['', 1],
  ['px', 1],
  ['pt', 1],
  ['pc', 12],
  ['in', 72],
  ['cm', 72 / 2.54],
  ['mm', 72 / 25.4],
  ['em', 12],
  ['ex', 6],
]);

const length = /^\s*([+-]?(?:\d*\.)?\d+(?:e[+-]?\d+)?)([a-z]*)\s*$/i;
const sizeInStyle = /(?<![\w-])(?:width|height)\s*:/i;

/**
 * Returns the size that `width`, `height` and `viewBox` give, in whole pixels; null if they give none.
 *
 * A missing, relative or malformed side follows the other one with the aspect ratio of the viewBox. The size is null if
 * the element's own `style` sets one or an entity hides a number. A style sheet can still change the size.
 */
export function svgSize(attributes: SvgAttributes): { width: number; height: number } | null {
  const style = attributes.get('style') ?? '';
  const sources = [attributes.get('width'), attributes.get('height'), attributes.get('viewBox'), style];
  if (sizeInStyle.test(style) || sources.some((source) => source?.includes('&'))) return null;
  const width = parseLength(attributes.get('width'));
  const height = parseLength(attributes.get('height'));
  if (width !== null && height !== null) return toPixels(width, height);
  const box = parseViewBox(attributes.get('viewBox'));
  if (!box) return null;
  if (width !== null) return toPixels(width, (width * box.height) / box.width);
  return height === null ? toPixels(box.width, box.height) : toPixels((height * box.width) / box.height, height);
}

function parseLength(text = ''): number | null {
  const [, number, unit = ''] = length.exec(text) ?? [];
  const px = pxOfUnit.get(unit.toLowerCase());
  if (number === undefined || px === undefined) return null;
  const value = Number(number) * px;
  return value >= 0 ? Math.min(value, sideMax) : null;
}

function parseViewBox(text = ''): { width: number; height: number } | null {
  const [, , width, height, ...more] = text
    .trim()
    .split(/\s*,\s*|\s+/)
    .map(Number);
  if (width === undefined || height === undefined || more.length > 0) return null;
  return width > 0 && height > 0 ? { width: Math.min(width, sideMax), height: Math.min(height, sideMax) } : null;
}

/** Null for less than one pixel, where there is nothing to draw. */
function toPixels(width: number, height: number): { width: number; height: number } | null {
  const [columns, rows] = [Math.min(Math.round(width), sideMax), Math.min(Math.round(height), sideMax)];
  return columns >= 1 && rows >= 1 ? { width: columns, height: rows } : null;
}
