import { AppError } from '@thumbnail-api/errors';
import { findRepeatedMembers } from './find-repeated-members.ts';
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
 * @throws AppError `invalid_parameter` naming the first 20 faulty fields by their RFC 6901 pointers, such as `/thumbnails/1/width`
 */
export function parseOptions(fields: Record<string, string>, presets: Presets): Spec[] {
  const typed = Object.entries(fields).map(([name, text]) => [name, typeField(name, text)] as const);
  const specs = parseJsonOptions(Object.fromEntries(typed), presets);
  rejectRepeated(fields.thumbnails ?? '', '/thumbnails');
  return specs;
}

/**
 * Parses a JSON text into specs, as {@link parseJsonOptions} does.
 *
 * @throws AppError as {@link parseOptions} does; also for a text that is not JSON, or has an object with a repeated member
 */
export function parseOptionsText(text: string, presets: Presets): Spec[] {
  let options: unknown;
  try {
    options = JSON.parse(text);
  } catch (error) {
    throw new AppError('invalid_parameter', 'The body is not valid JSON.', { cause: error });
  }
  const specs = parseJsonOptions(options, presets);
  rejectRepeated(text, '');
  return specs;
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

/** After the options themselves are known to be valid: then the text is short. */
function rejectRepeated(json: string, pointer: string): void {
  const fields = findRepeatedMembers(json).map((member) => ({
    pointer: pointer + member,
    detail: 'is sent more than once; send it once',
  }));
  if (fields.length > 0) throw new AppError('invalid_parameter', 'One or more options are invalid.', { fields });
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
