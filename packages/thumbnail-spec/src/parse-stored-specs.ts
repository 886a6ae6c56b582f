import { z } from 'zod';
import { defaultEffort } from './formats.ts';
import { type Spec, specFields, toSpec } from './spec.ts';

const { width, height, fit, position, format, quality, effort, maxBytes, enlarge, animated } = specFields;

/** A spec as this version writes it. */
const currentSpec = z
  .object({
    name: z.string(),
    width: width.unwrap().nullable(),
    height: height.unwrap().nullable(),
    fit: fit.unwrap(),
    position: position.unwrap(),
    format: format.unwrap(),
    quality: quality.unwrap().nullable(),
    effort: effort.unwrap().exclude([defaultEffort]).optional(),
    maxBytes: maxBytes.unwrap().nullable(),
    background: z
      .string()
      .regex(/^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/)
      .nullable(),
    enlarge: enlarge.unwrap(),
    exact: z.literal(false).optional(),
    animated: animated.unwrap(),
  })
  .refine((spec) => spec.width !== null || spec.height !== null);

const anyObject = z.record(z.string(), z.unknown()).catch({});
const knownFields = z.object({ name: z.string().optional(), ...specFields });

/**
 * Parses a spec that was read from the database. Never throws: another version may have written the row, so a missing or
 * invalid field gets its default, and an unknown field is dropped.
 */
export function parseStoredSpec(stored: unknown): Spec {
  const parsed = currentSpec.safeParse(stored);
  return parsed.success ? parsed.data : fillDefaults(anyObject.parse(stored));
}

/** Parses the list of specs that was read from the database, as {@link parseStoredSpec} does; anything but a list is empty. */
export const parseStoredSpecs = (stored: unknown): Spec[] => (Array.isArray(stored) ? stored.map(parseStoredSpec) : []);

/** Slower than `currentSpec`, and rarely needed. */
function fillDefaults(stored: Record<string, unknown>): Spec {
  const fields = Object.entries(knownFields.shape).filter(([field, schema]) => schema.safeParse(stored[field]).success);
  const valid = Object.fromEntries(fields.map(([field]) => [field, stored[field]]));
  const { name = 'default', ...input } = knownFields.parse(valid);
  return toSpec(name, input);
}
