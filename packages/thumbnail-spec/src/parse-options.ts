import { AppError } from '@thumbnail-api/errors';
import { OptionFaults } from './option-faults.ts';
import type { Presets } from './presets.ts';
import { readOptions } from './read-options.ts';
import type { Spec } from './spec.ts';

const numbers = new Set(['width', 'height', 'quality', 'maxBytes']);
const flags = new Set(['enlarge', 'exact', 'animated']);

/**
 * Parses form fields or query parameters into specs. No field at all gives one spec of 100 x 100 pixels.
 *
 * Numbers are decimal digits, flags are `true` or `false`, and `thumbnails` is a JSON array.
 *
 * @throws AppError `invalid_parameter` naming every faulty field by its RFC 6901 pointer, such as `/thumbnails/1/width`
 */
export function parseOptions(fields: Record<string, string>, presets: Presets): Spec[] {
  const typed = Object.entries(fields).map(([name, text]) => [name, typeField(name, text)] as const);
  return parseJsonOptions(Object.fromEntries(typed), presets);
}

/**
 * Parses a JSON value into specs. It must be an object with the fields of one spec, or with `preset`, or with `thumbnails`.
 *
 * @throws AppError as {@link parseOptions} does
 */
export function parseJsonOptions(options: unknown, presets: Presets): Spec[] {
  const faults = new OptionFaults();
  const specs = readOptions(options, presets, faults);
  if (faults.list.length === 0) return specs;
  throw new AppError('invalid_parameter', 'One or more options are invalid.', { fields: faults.list });
}

function typeField(name: string, text: string): unknown {
  if (numbers.has(name) && /^\d{1,15}$/.test(text)) return Number(text);
  if (flags.has(name) && /^(?:true|false)$/.test(text)) return text === 'true';
  if (name === 'thumbnails') return parseJson(text);
  return text;
}

// Text that is not JSON stays text, which the reader of options rejects under its own name.
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
