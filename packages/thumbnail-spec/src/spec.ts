import { z } from 'zod';
import { findCssColour } from './css-colour.ts';

/** The longest side of a thumbnail, in pixels. */
export const maxSidePx = 4096;

const fits = ['cover', 'contain', 'inside', 'outside', 'fill'] as const;
const edges = ['top', 'right top', 'right', 'right bottom', 'bottom', 'left bottom', 'left', 'left top'] as const;
const compass = ['north', 'northeast', 'east', 'southeast', 'south', 'southwest', 'west', 'northwest'] as const;
const positions = ['centre', 'center', ...edges, ...compass, 'attention', 'entropy'] as const;
const formats = ['webp', 'jpeg', 'png', 'avif'] as const;

const wholeNumber = (maximum: number, description: string) => {
  const error = `must be a whole number from 1 to ${maximum}`;
  return z.int({ error }).min(1, { error }).max(maximum, { error }).optional().meta({ description });
};
const oneOf = <const T extends readonly [string, ...string[]]>(values: T, description: string) =>
  z
    .enum(values, { error: `must be one of: ${values.join(', ')}` })
    .optional()
    .meta({ description });
const yesOrNo = (description: string) => z.boolean({ error: 'must be true or false' }).optional().meta({ description });
const notColour = { error: 'must be a CSS colour: a name, #rgb, #rgba, #rrggbb, #rrggbbaa, rgb() or rgba()' };

/** The options of one spec, by field. */
export const specFields = {
  width: wholeNumber(maxSidePx, 'Width in pixels. Left out, it follows the height; both left out, 100 x 100.'),
  height: wholeNumber(maxSidePx, 'Height in pixels. Left out, it follows the width; both left out, 100 x 100.'),
  fit: oneOf(fits, 'How the image fills the box. Default: `cover`.'),
  position: oneOf(positions, 'Which part stays. `attention` and `entropy` with `cover` only. Default: `centre`.'),
  format: oneOf(formats, 'What is made. Default: `webp`.'),
  quality: wholeNumber(100, "The encoder's quality; with `png` it allows a palette. Default: a good one."),
  maxBytes: wholeNumber(2 ** 31 - 1, 'The most bytes the thumbnail may have; the quality is searched so that it fits.'),
  background: z
    .string(notColour)
    .refine((text) => findCssColour(text) !== null, notColour)
    .optional()
    .meta({ description: 'CSS colour behind transparency and around `contain`. Default: white, or transparent.' }),
  enlarge: yesOrNo('May a small image grow? Default: `false` for `inside` and `outside`, else `true`.'),
  animated: yesOrNo('Keep the animation (`webp` only). Default: `false`.'),
};

const fields = z.strictObject(specFields);

/** What a client may say of one thumbnail. */
export type SpecInput = z.output<typeof fields>;

/** One fault of a spec: the field, and what is wrong with it. */
export interface SpecFault {
  field: keyof SpecInput;
  detail: string;
}

/** What is wrong between the fields of a spec, whatever else is wrong in them. */
export function findSpecFaults(spec: { [K in keyof SpecInput]?: unknown }): SpecFault[] {
  const faults: SpecFault[] = [];
  const strategy = spec.position === 'attention' || spec.position === 'entropy';
  if (strategy && (spec.fit ?? 'cover') !== 'cover')
    faults.push({ field: 'position', detail: `${spec.position} goes with fit cover only` });
  if (spec.animated === true && (spec.format ?? 'webp') !== 'webp')
    faults.push({ field: 'animated', detail: 'goes with format webp only' });
  return faults;
}

/** A spec as clients and the configuration write it (JSON); an unknown field is a fault. */
export const specSchema = fields
  .superRefine((spec, context) => {
    for (const { field, detail } of findSpecFaults(spec))
      context.addIssue({ code: 'custom', path: [field], message: detail });
  })
  .meta({ id: 'Spec', description: 'What a thumbnail shall be.' });

/** A spec with nothing left to guess: every default applied, the colour as `#rrggbb` or `#rrggbbaa`. */
export interface Spec {
  name: string;
  /** Null where it follows the height; never both. */
  width: number | null;
  /** Null where it follows the width; never both. */
  height: number | null;
  fit: (typeof fits)[number];
  position: (typeof positions)[number];
  format: (typeof formats)[number];
  /** Null for the encoder's good default. */
  quality: number | null;
  maxBytes: number | null;
  /** Null for transparent where the format can, else white. */
  background: string | null;
  enlarge: boolean;
  animated: boolean;
}

/** Applies the defaults to a valid spec. */
export function toSpec(name: string, input: SpecInput): Spec {
  const fit = input.fit ?? 'cover';
  const sized = input.width !== undefined || input.height !== undefined;
  return {
    name,
    width: input.width ?? (sized ? null : 100),
    height: input.height ?? (sized ? null : 100),
    fit,
    position: input.position ?? 'centre',
    format: input.format ?? 'webp',
    quality: input.quality ?? null,
    maxBytes: input.maxBytes ?? null,
    background: input.background === undefined ? null : findCssColour(input.background),
    enlarge: input.enlarge ?? (fit !== 'inside' && fit !== 'outside'),
    animated: input.animated ?? false,
  };
}

/** A spec as a job shows it: what is null is left out, and so is the name, which stands beside it. */
export function toShownSpec({ name: _, ...spec }: Spec): Partial<Omit<Spec, 'name'>> {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null));
}
