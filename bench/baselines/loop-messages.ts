import type { ResizeOptions } from 'sharp';

/** A thumbnail as calls of sharp. */
export interface BareSpec {
  resize: ResizeOptions;
  format: 'webp' | 'jpeg' | 'png' | 'avif';
  options: object;
}

/** The same thumbnail as options of the API and as calls of sharp. */
export interface SpecPair {
  options: { width: number; height: number; format: BareSpec['format'] };
  bare: BareSpec;
}

/** Asks a loop to render the file at `path` several times. */
export interface LoopRequest {
  path: string;
  spec: SpecPair;
  times: number;
  /** libvips threads for an image. Default: as the program sets them. */
  threads?: number | undefined;
}

/** What a loop measured. */
export interface LoopResult {
  /** Of the whole request. */
  cpuMs: number;
  /** Of each rendering. */
  wallMs: number[];
  /** Size of the thumbnail. */
  bytes: number;
  /** Memory of the process at the end. */
  residentBytes: number;
}
