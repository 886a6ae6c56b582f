import type { JobErrorCode } from '@thumbnail-api/errors';
import type { Spec } from '@thumbnail-api/thumbnail-spec';

/** What the worker asks of a renderer. */
export interface RenderTask {
  jobId: string;
  /** Key of the original in the object store. */
  originalKey: string;
  specs: Spec[];
  limits: RenderLimits;
}

/** How much a task may read and make. */
export interface RenderLimits {
  /** Pixels of the original over all its frames. */
  maxPixels: number;
  /** Pixels of all thumbnails over all their frames. */
  maxOutputPixels: number;
}

/** What a task may take before its renderer is killed. */
export interface RenderAllowance {
  /** Resident memory of the renderer. */
  memoryBytes: number;
  /** For all of it, from the order to the answer. */
  timeoutMs: number;
}

/** What the worker sends. */
export interface RenderOrder {
  task: RenderTask;
  allowance: RenderAllowance;
}

/** A thumbnail that lies in the object store. */
export interface RenderedThumbnail {
  name: string;
  key: string;
  /** Media type. */
  type: string;
  /** Size in pixels, of one frame. */
  width: number;
  height: number;
  bytes: number;
  /** Of the bytes, in hexadecimal. */
  sha256: string;
  /** ThumbHash in base64. */
  thumbHash: string;
  /** `#rrggbb`. */
  dominantColour: string;
  spec: Spec;
}

/** What a task ended with. */
export interface RenderResult {
  /** The original as it was decoded: its upright size in pixels; frames of an animation, else 1. */
  image: { width: number; height: number; frames: number };
  /** In the order of the specs. */
  thumbnails: RenderedThumbnail[];
  timings: { fetchMs: number; renderMs: number; storeMs: number };
}

/** Why a task gave nothing. */
export interface RenderFailure {
  code: JobErrorCode;
  /** A public sentence. */
  message: string;
  /** May the same task succeed later with no change? */
  retryable: boolean;
  /** What lies behind it, for the log alone. */
  cause: string | undefined;
}

/** What a renderer sends to its worker: that it is ready, once, and then one answer per task. */
export type RendererMessage = { ready: true } | { result: RenderResult } | { failure: RenderFailure };
