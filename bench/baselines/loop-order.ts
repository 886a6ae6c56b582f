import type { ResizeOptions } from 'sharp';

/** One thumbnail, in sharp's own words. */
export interface BareSpec {
  resize: ResizeOptions;
  format: 'webp' | 'jpeg' | 'png' | 'avif';
  options: object;
}

/** One thumbnail, as a client of the service asks for it and as bare sharp is told. */
export interface SpecPair {
  options: { width: number; height: number; format: BareSpec['format'] };
  bare: BareSpec;
}

/** What a loop is asked for: the same picture, so often. */
export interface LoopOrder {
  path: string;
  spec: SpecPair;
  times: number;
  /** Of libvips for each picture; left out, as the program has it. */
  threads?: number | undefined;
}

/** What one order took: CPU time in all, and the wall time of each rendering, in milliseconds. */
export interface LoopAnswer {
  cpuMs: number;
  wallMs: number[];
  /** Of the thumbnail. */
  bytes: number;
  /** Of the process, when the order was done. */
  residentBytes: number;
}
