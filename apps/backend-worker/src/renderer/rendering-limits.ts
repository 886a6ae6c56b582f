import type { RenderLimits } from './render-task.ts';

/** What a rendering may take. */
export interface RenderingLimits extends RenderLimits {
  /** Memory of the whole process. */
  memoryBytes: number;
}
