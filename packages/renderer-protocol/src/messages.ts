import type { JobErrorCode } from '@thumbnail-api/errors';
import type { ImageType } from '@thumbnail-api/image-probe';
import type { ObjectContent } from '@thumbnail-api/storage';
import type { Spec } from '@thumbnail-api/thumbnail-spec';

/** The work that a worker hands to a renderer: all thumbnails of one job. */
export interface RenderTask {
  jobId: string;
  /** Key of the original in the object store. */
  originalKey: string;
  /** What the original must contain; a renderer decodes nothing else. */
  originalContent: ObjectContent;
  specs: Spec[];
  limits: RenderLimits;
}

/** What a task may decode and make. */
export interface RenderLimits {
  /** The types that may be decoded. */
  types: readonly ImageType[];
  /** Pixels of the original over all its frames. */
  maxPixels: number;
  /** Pixels of all thumbnails over all their frames. */
  maxOutputPixels: number;
}

/** The resources of a task. The worker kills a renderer that uses more. */
export interface RenderBudget {
  /** Resident memory of the renderer process. */
  memoryBytes: number;
  /** Time from the order to the answer. */
  timeoutMs: number;
}

/** The message from a worker to a renderer. */
export interface RenderOrder {
  task: RenderTask;
  budget: RenderBudget;
}

/** A thumbnail in the object store. */
export interface RenderedThumbnail {
  name: string;
  key: string;
  /** Media type. */
  type: string;
  /** Size of one frame, in pixels. */
  width: number;
  height: number;
  bytes: number;
  /** SHA-256 of the bytes, in hexadecimal. */
  sha256: string;
  /** ThumbHash in base64. */
  thumbHash: string;
  /** `#rrggbb`. */
  dominantColour: string;
  spec: Spec;
}

/** The answer to a task that succeeded. */
export interface RenderResult {
  /** The decoded original: its upright size in pixels, and the frames of an animation, otherwise 1. */
  image: { width: number; height: number; frames: number };
  /** The checksum of the original, if the task has none. */
  checksum?: string | undefined;
  /** In the order of the specs. */
  thumbnails: RenderedThumbnail[];
  timings: { fetchMs: number; renderMs: number; storeMs: number };
}

/** The answer to a task that failed. */
export interface RenderFailure {
  code: JobErrorCode;
  /** A public sentence. */
  message: string;
  /** Whether the same task can succeed later. */
  retryable: boolean;
  /** What caused it, for the log only. */
  cause: string | undefined;
}

/** The messages from a renderer to its worker: `ready` once, then one answer per task. */
export type RendererMessage = { ready: true } | { result: RenderResult } | { failure: RenderFailure };
