import type { OptionFaults, OptionPath } from './option-faults.ts';
import { findPreset, maxThumbnails, type Presets, thumbnailNameSchema } from './presets.ts';
import { findSpecFaults, type Spec, specFields, specSchema, toSpec } from './spec.ts';

type Fields = Record<string, unknown>;

const optionNames = [...Object.keys(specFields), 'preset', 'thumbnails'];

/** Reads the specs that `options` ask for and adds every fault to `faults`. With a fault, the specs must not be used. */
export function readOptions(options: unknown, presets: Presets, faults: OptionFaults): Spec[] {
  if (!isFields(options)) {
    faults.add([], 'must be a JSON object');
    return [];
  }
  const { thumbnails, ...others } = options;
  if (thumbnails === undefined) return readSpec('default', others, [], presets, faults);
  for (const field of Object.keys(others)) faults.add([field], 'cannot be combined with thumbnails');
  return readList(thumbnails, presets, faults);
}

function readList(list: unknown, presets: Presets, faults: OptionFaults): Spec[] {
  if (!Array.isArray(list) || list.length < 1 || list.length > maxThumbnails) {
    faults.add(['thumbnails'], `must be a JSON array of 1 to ${maxThumbnails} specs`);
    return [];
  }
  const names = new Set<unknown>();
  const specs: Spec[] = [];
  for (const [index, entry] of list.entries()) {
    const path = ['thumbnails', index];
    if (!isFields(entry)) {
      faults.add(path, 'must be a JSON object');
      continue;
    }
    const { name, ...spec } = entry;
    const parsed = thumbnailNameSchema.safeParse(name);
    faults.addAll([...path, 'name'], parsed.error);
    if (names.has(name)) faults.add([...path, 'name'], 'must be unique');
    names.add(name);
    specs.push(...readSpec(parsed.data ?? '', spec, path, presets, faults));
  }
  return specs;
}

function readSpec(name: string, fields: Fields, path: OptionPath, presets: Presets, faults: OptionFaults): Spec[] {
  if (fields.preset !== undefined) return readPreset(name, fields, path, presets, faults);
  const parsed = specSchema.safeParse(fields);
  faults.addAll(path, parsed.error, optionNames);
  // The schema checks fields against each other only when each one is valid by itself.
  for (const { field, detail } of findSpecFaults(fields)) faults.add([...path, field], detail);
  return parsed.success ? [toSpec(name, parsed.data)] : [];
}

function readPreset(name: string, fields: Fields, path: OptionPath, presets: Presets, faults: OptionFaults): Spec[] {
  const { preset, ...others } = fields;
  for (const field of Object.keys(others)) faults.add([...path, field], 'cannot be combined with preset');
  const specs = typeof preset === 'string' ? findPreset(presets, preset, name) : null;
  if (!specs) faults.add([...path, 'preset'], `must be one of: ${Object.keys(presets).sort().join(', ')}`);
  else if (specs.length > 1 && path.length > 0)
    faults.add([...path, 'preset'], 'must be a preset of one thumbnail; this one is a list');
  return specs ?? [];
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
