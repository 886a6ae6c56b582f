/** How much work an encoder may do for fewer bytes. */
export const efforts = ['fast', 'balanced', 'small'] as const;

/** See {@link efforts}. */
export type Effort = (typeof efforts)[number];

/** The effort of a spec that names none. */
export const defaultEffort = 'balanced' satisfies Effort;

/** The facts of one output format. */
interface FormatFacts {
  mediaType: string;
  /** File name extension, without the dot. */
  extension: string;
  hasAlpha: boolean;
  /** Whether the format can keep an animation. */
  animates: boolean;
  /** Most pixels of one thumbnail, or null for no limit of its own. */
  maxPixels: number | null;
  /** The encoder's quality when a spec gives none. Thumbnails of all efforts look about alike: their DSSIM is about equal. */
  defaultQuality: Record<Effort, number>;
}

/**
 * The output formats. This is the one table of formats: the schema, the download types, the keys in the object store and
 * the limits follow from it. The renderer adds one encoder for each row.
 */
export const formats = {
  webp: {
    mediaType: 'image/webp',
    extension: 'webp',
    hasAlpha: true,
    animates: true,
    maxPixels: null,
    defaultQuality: { fast: 81, balanced: 80, small: 81 },
  },
  jpeg: {
    mediaType: 'image/jpeg',
    extension: 'jpg',
    hasAlpha: false,
    animates: false,
    maxPixels: null,
    defaultQuality: { fast: 75, balanced: 75, small: 80 },
  },
  png: {
    mediaType: 'image/png',
    extension: 'png',
    hasAlpha: true,
    animates: false,
    maxPixels: null,
    defaultQuality: { fast: 100, balanced: 100, small: 100 },
  },
  avif: {
    mediaType: 'image/avif',
    extension: 'avif',
    hasAlpha: true,
    animates: false,
    // Its encoder is by far the slowest.
    maxPixels: 4_000_000,
    defaultQuality: { fast: 57, balanced: 55, small: 54 },
  },
} as const satisfies Record<string, FormatFacts>;

/** The name of an output format. */
export type Format = keyof typeof formats;

/** The names of all output formats, in the order of the table. */
export const formatNames = Object.keys(formats) as [Format, ...Format[]];

/** The format of a spec that names none. */
export const defaultFormat = 'webp' satisfies Format;

/** The formats that can keep an animation. */
export const animatedFormats = formatNames.filter((format) => formats[format].animates);

/** The media types of all output formats, in the order of the table. */
export const thumbnailTypes: string[] = formatNames.map((format) => formats[format].mediaType);
