/** The facts of one input type. */
interface ImageTypeFacts {
  /** The name to show to users. */
  name: string;
  /** Whether a file can hold an animation that is kept. */
  animates: boolean;
  /** Whether the image can be drawn at any size. */
  isVector: boolean;
}

/**
 * The supported input types by media type. This is the one table of input types: the reader of each type, the renderer's
 * decoders, the types in the OpenAPI document and the messages about unsupported files follow from it.
 */
export const imageTypes = {
  'image/jpeg': { name: 'JPEG', animates: false, isVector: false },
  'image/png': { name: 'PNG', animates: false, isVector: false },
  'image/webp': { name: 'WebP', animates: true, isVector: false },
  'image/gif': { name: 'GIF', animates: true, isVector: false },
  'image/tiff': { name: 'TIFF', animates: false, isVector: false },
  'image/avif': { name: 'AVIF', animates: false, isVector: false },
  'image/heic': { name: 'HEIC', animates: false, isVector: false },
  'image/svg+xml': { name: 'SVG', animates: false, isVector: true },
} as const satisfies Record<`image/${string}`, ImageTypeFacts>;

/** The media type of a supported input. */
export type ImageType = keyof typeof imageTypes;

/** The media types of all supported inputs, in the order of the table. */
export const imageMediaTypes = Object.keys(imageTypes) as ImageType[];

/** The public sentence about a file of none of the types that are accepted, of which there is at least one. */
export function describeUnsupportedType(accepted: readonly ImageType[]): string {
  const names = accepted.map((type) => imageTypes[type].name);
  const [last = ''] = names.slice(-1);
  if (names.length === 1) return `Unsupported image type; the supported type is ${last}.`;
  return `Unsupported image type; supported types are ${names.slice(0, -1).join(', ')} and ${last}.`;
}
