import type { ResizeOptions } from 'sharp';

/** One thumbnail, in sharp's own words. */
export interface BareSpec {
  resize: ResizeOptions;
  format: 'webp' | 'jpeg' | 'png';
  options: object;
}

/** What is asked of bare sharp: the same picture, so often. */
export interface BareOrder {
  path: string;
  spec: BareSpec;
  times: number;
}

/** What one order took: CPU time in all, and the wall time of each rendering, in milliseconds. */
export interface BareAnswer {
  cpuMs: number;
  wallMs: number[];
}
