import { z } from 'zod';
import { type Spec, type SpecInput, specFields, specSchema, toSpec } from './spec.ts';

/** The most thumbnails of one job. */
export const maxThumbnails = 10;

/** The name of a thumbnail. It becomes part of URLs and of keys in the object store. */
export const thumbnailNameSchema = z
  .string({ error: 'must be a string' })
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,31}$/,
    'must have 1 to 32 characters of a-z, 0-9, - and _, and start with a letter or digit',
  )
  .meta({ description: 'Name of the thumbnail, unique within its job.' });

/** A spec with the name of its thumbnail. */
export type NamedSpecInput = SpecInput & { name: string };

const namedSpecSchema = z.strictObject({ name: thumbnailNameSchema, ...specFields });
const withoutName = ({ name: _, ...spec }: NamedSpecInput) => spec;
const listSchema = z
  .array(namedSpecSchema)
  .min(1)
  .max(maxThumbnails)
  .superRefine((list, context) => {
    const names = new Set(list.map((spec) => spec.name));
    if (names.size < list.length) context.addIssue({ code: 'custom', message: 'names must be unique' });
    for (const [index, spec] of list.entries())
      for (const { path, message } of specSchema.safeParse(withoutName(spec)).error?.issues ?? [])
        context.addIssue({ code: 'custom', path: [index, ...path], message });
  });

/** The presets as the configuration writes them: by name, a spec or a list of named specs. */
export const presetsSchema = z.record(thumbnailNameSchema, z.union([specSchema, listSchema]));

/** Presets by name: a spec, or a list of named specs. */
export type Presets = z.output<typeof presetsSchema>;

/** The built-in presets. The configuration can replace each one under the same name. */
export const shippedPresets: Presets = {
  avatar: { width: 256, height: 256, position: 'attention' },
  card: { width: 640, height: 360, position: 'attention' },
  emoji: { width: 128, height: 128, fit: 'contain', animated: true, maxBytes: 131_072 },
};

/** Returns the specs of a preset, or null if there is no such preset. A preset of one spec gets the name `name`. */
export function findPreset(presets: Presets, preset: string, name: string): Spec[] | null {
  const found = Object.hasOwn(presets, preset) ? presets[preset] : undefined;
  if (!found) return null;
  return Array.isArray(found) ? found.map((spec) => toSpec(spec.name, spec)) : [toSpec(name, found)];
}
