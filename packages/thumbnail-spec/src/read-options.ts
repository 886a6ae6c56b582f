import type { OptionFaults, OptionPath } from './option-faults.ts';
import { findPreset, maxThumbnails, type Presets, thumbnailNameSchema } from './presets.ts';
import { findSpecFaults, type Spec, specFields, specSchema, toSpec } from './spec.ts';

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The specs that `options` ask for; what is wrong with them goes into `faults`, and what is returned is then worth nothing. */
export function readOptions(options: unknown, presets: Presets, faults: OptionFaults): Spec[] {
  if (!isFields(options)) return faults.add([], 'must be a JSON object');
  const { thumbnails, ...others } = options;
  if (thumbnails === undefined) return readSpec('default', others, [], presets, faults);
  for (const field of Object.keys(others)) faults.add([field], 'cannot stand beside thumbnails');
  return readList(thumbnails, presets, faults);
}

function readList(list: unknown, presets: Presets, faults: OptionFaults): Spec[] {
  if (!Array.isArray(list) || list.length < 1 || list.length > maxThumbnails)
    return faults.add(['thumbnails'], `must be a JSON array of 1 to ${maxThumbnails} specs`);
  const seen = new Set<unknown>();
  return list.flatMap((entry: unknown, index) => {
    const path = ['thumbnails', index];
    if (!isFields(entry)) return faults.add(path, 'must be a JSON object');
    const { name, ...spec } = entry;
    faults.addAll([...path, 'name'], thumbnailNameSchema.safeParse(name).error);
    if (seen.has(name)) faults.add([...path, 'name'], 'must be unique');
    seen.add(name);
    return readSpec(String(name), spec, path, presets, faults);
  });
}

function readSpec(name: string, fields: Fields, path: OptionPath, presets: Presets, faults: OptionFaults): Spec[] {
  if (fields.preset !== undefined) return readPreset(name, fields, path, presets, faults);
  const parsed = specSchema.safeParse(fields);
  faults.addAll(path, parsed.error, [...Object.keys(specFields), 'preset', 'thumbnails']);
  for (const { field, detail } of findSpecFaults(fields)) faults.add([...path, field], detail);
  return parsed.success ? [toSpec(name, parsed.data)] : [];
}

function readPreset(name: string, fields: Fields, path: OptionPath, presets: Presets, faults: OptionFaults): Spec[] {
  const { preset, ...others } = fields;
  for (const field of Object.keys(others)) faults.add([...path, field], 'cannot stand beside preset');
  const specs = typeof preset === 'string' ? findPreset(presets, preset, name) : null;
  const known = Object.keys(presets).sort().join(', ');
  if (!specs) return faults.add([...path, 'preset'], `must be one of: ${known}`);
  if (specs.length > 1 && path.length > 0) return faults.add([...path, 'preset'], 'is a list, which cannot be nested');
  return specs;
}
