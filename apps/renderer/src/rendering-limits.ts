import type { RenderLimits } from '@thumbnail-api/renderer-protocol';

/** What a rendering may take. */
export interface RenderingLimits extends RenderLimits {
  /** Memory of the whole process. */
  memoryBytes: number;
}
