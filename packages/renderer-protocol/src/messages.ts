import type { JobErrorCode } from '@thumbnail-api/errors';
import type { Spec } from '@thumbnail-api/thumbnail-spec';

/** The pixels that a task may read and make. */
export interface RenderLimits {
  /** Pixels of the original over all its frames. */
  maxPixels: number;
  /** Pixels of all thumbnails over all their frames. */
  maxOutputPixels: number;
}

/** The line from a worker that starts a task. The bytes of the original follow it. */
export interface RenderOrder {
  /** The size of the original. */
  bytes: number;
  specs: Spec[];
  limits: RenderLimits;
  /** Resident memory that the renderer may use. The worker kills a renderer that uses more. */
  memoryBytes: number;
}

/** What a renderer says of a thumbnail. */
export interface RenderedThumbnail {
  name: string;
  /** Size of one frame, in pixels. */
  width: number;
  height: number;
  bytes: number;
  /** ThumbHash in base64. */
  thumbHash: string;
  /** `#rrggbb`. */
  dominantColour: string;
}

/** The decoded original: its upright size in pixels, and the frames of an animation, otherwise 1. */
export interface RenderedImage {
  width: number;
  height: number;
  frames: number;
}

/** The line about a task that succeeded. The bytes of the thumbnails follow it, in the order of the list. */
export interface RenderResult {
  image: RenderedImage;
  /** In the order of the specs. */
  thumbnails: RenderedThumbnail[];
}

/** The errors that a renderer may report. All others only the worker can find. */
export const renderFailureCodes = [
  'image_corrupt',
  'image_too_large',
  'unsupported_media_type',
  'render_too_large',
  'internal_error',
] as const satisfies JobErrorCode[];

/** The line about a task that failed. */
export interface RenderFailure {
  code: (typeof renderFailureCodes)[number];
  /** A public sentence. */
  message: string;
  /** What caused it, for the log only. */
  cause?: string | undefined;
}

/** The lines from a renderer to its worker: `ready` once, then one answer per task. */
export type RendererMessage = { ready: true } | { result: RenderResult } | { failure: RenderFailure };
