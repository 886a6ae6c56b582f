import { z } from 'zod';
import { findCssColour } from './find-css-colour.ts';
import {
  animatedFormats,
  defaultEffort,
  defaultFormat,
  type Effort,
  efforts,
  type Format,
  formatNames,
} from './formats.ts';

/** The longest side of a thumbnail, in pixels. */
export const maxSidePx = 4096;

const fits = ['cover', 'contain', 'inside', 'outside', 'fill'] as const;
const edges = ['top', 'right top', 'right', 'right bottom', 'bottom', 'left bottom', 'left', 'left top'] as const;
const compass = ['north', 'northeast', 'east', 'southeast', 'south', 'southwest', 'west', 'northwest'] as const;
const positions = ['centre', 'center', ...edges, ...compass, 'attention', 'entropy'] as const;
const animatedNames = animatedFormats.join(' or ');

const wholeNumber = (maximum: number, description: string) => {
  const error = `must be a whole number from 1 to ${maximum}`;
  return z.int({ error }).min(1, { error }).max(maximum, { error }).optional().meta({ description });
};
const oneOf = <const T extends readonly [string, ...string[]]>(values: T, description: string) =>
  z
    .enum(values, { error: `must be one of: ${values.join(', ')}` })
    .optional()
    .meta({ description });
const flag = (description: string) => z.boolean({ error: 'must be true or false' }).optional().meta({ description });
const colourError = { error: 'must be a CSS colour: a name, #rgb, #rgba, #rrggbb, #rrggbbaa, rgb() or rgba()' };

/** The options of one spec, by field. */
export const specFields = {
  width: wholeNumber(
    maxSidePx,
    'Width in pixels. If only `height` is given, the width follows the aspect ratio. Default: 100 x 100.',
  ),
  height: wholeNumber(
    maxSidePx,
    'Height in pixels. If only `width` is given, the height follows the aspect ratio. Default: 100 x 100.',
  ),
  fit: oneOf(fits, 'How the image is fitted to the box of `width` x `height`. Default: `cover`.'),
  position: oneOf(
    positions,
    'Where the image is cropped or padded. `attention` and `entropy` require `fit` `cover`. Default: `centre`.',
  ),
  format: oneOf(formatNames, `Image format of the thumbnail. Default: \`${defaultFormat}\`.`),
  quality: wholeNumber(
    100,
    "Quality of the encoder. With `png`, a quality allows a palette. Default: the format's own default.",
  ),
  effort: oneOf(
    efforts,
    `How much work the encoder may do for fewer bytes. \`fast\` needs the least time, \`small\` gives the fewest bytes. Default: \`${defaultEffort}\`.`,
  ),
  maxBytes: wholeNumber(
    2 ** 31 - 1,
    'Maximum size of the thumbnail in bytes. The best quality that fits is used, up to `quality`.',
  ),
  background: z
    .string(colourError)
    .refine((text) => findCssColour(text) !== null, colourError)
    .optional()
    .meta({
      description:
        'CSS colour behind transparent pixels and around the image with `contain`. Default: transparent if the format supports it, otherwise white.',
    }),
  enlarge: flag(
    'Whether an image smaller than the box is enlarged. Default: `false` for `inside` and `outside`, otherwise `true`.',
  ),
  exact: flag(
    'Whether the thumbnail is made from the image itself. With `false` for all thumbnails of a job, it may be made from a preview in the file, which is faster. Default: `true`.',
  ),
  animated: flag(
    `Whether to keep the animation. Requires \`format\` \`${animatedFormats.join('` or `')}\`. Default: \`false\`.`,
  ),
};

const fields = z.strictObject(specFields);

/** One thumbnail as a client asks for it. */
export type SpecInput = z.output<typeof fields>;

/** One fault of a spec: the field, and what is wrong with it. */
export interface SpecFault {
  field: keyof SpecInput;
  detail: string;
}

/** Returns the conflicts between the fields of a spec, even if single fields are invalid. */
export function findSpecFaults(spec: { [K in keyof SpecInput]?: unknown }): SpecFault[] {
  const faults: SpecFault[] = [];
  const isStrategy = spec.position === 'attention' || spec.position === 'entropy';
  if (isStrategy && (spec.fit ?? 'cover') !== 'cover')
    faults.push({ field: 'position', detail: `${spec.position} requires fit cover` });
  if (spec.animated === true && !animatedFormats.some((format) => format === (spec.format ?? defaultFormat)))
    faults.push({ field: 'animated', detail: `requires format ${animatedNames}` });
  return faults;
}

/** The schema of a spec as clients and the configuration write it in JSON; rejects unknown fields. */
export const specSchema = fields
  .superRefine((spec, context) => {
    for (const { field, detail } of findSpecFaults(spec))
      context.addIssue({ code: 'custom', path: [field], message: detail });
  })
  .meta({ id: 'Spec', description: 'Size, fit and format of a thumbnail.' });

/** A spec with every default applied, and its colour as `#rrggbb` or `#rrggbbaa`. */
export interface Spec {
  name: string;
  /** Null if it follows the height; at most one of the two is null. */
  width: number | null;
  /** Null if it follows the width. */
  height: number | null;
  fit: (typeof fits)[number];
  position: (typeof positions)[number];
  format: Format;
  /** Null for the format's default. */
  quality: number | null;
  /** Absent for the default, so that a spec without it has the same JSON as in a version that did not know it. */
  effort?: Effort | undefined;
  maxBytes: number | null;
  /** Null for transparent if the format supports it, otherwise white. */
  background: string | null;
  enlarge: boolean;
  /** Absent for the default, as `effort`. */
  exact?: false | undefined;
  animated: boolean;
}

/** The fields that a spec has only if they are not the default. */
const unusual = ({ effort, exact }: SpecInput): Pick<Spec, 'effort' | 'exact'> => ({
  ...(effort && effort !== defaultEffort && { effort }),
  ...(exact === false && { exact }),
});

/** Applies the defaults to a valid spec. */
export function toSpec(name: string, input: SpecInput): Spec {
  const fit = input.fit ?? 'cover';
  const hasSize = input.width !== undefined || input.height !== undefined;
  return {
    name,
    width: input.width ?? (hasSize ? null : 100),
    height: input.height ?? (hasSize ? null : 100),
    fit,
    position: input.position ?? 'centre',
    format: input.format ?? defaultFormat,
    quality: input.quality ?? null,
    ...unusual(input),
    maxBytes: input.maxBytes ?? null,
    background: input.background === undefined ? null : findCssColour(input.background),
    enlarge: input.enlarge ?? (fit !== 'inside' && fit !== 'outside'),
    animated: input.animated ?? false,
  };
}

/** Returns a spec as a job shows it: without the fields that are null, and without the name, which the job shows itself. */
export function toShownSpec({ name: _, ...spec }: Spec): Partial<Omit<Spec, 'name'>> {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null));
}
