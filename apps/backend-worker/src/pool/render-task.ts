import type { RenderedImage, RenderedThumbnail, RenderLimits } from '@thumbnail-api/renderer-protocol';
import type { Spec } from '@thumbnail-api/thumbnail-spec';

/** The work for a renderer: all thumbnails of one job. */
export interface RenderTask {
  jobId: string;
  /** The owner of the job. Renderers may be shared only by the tasks of one owner. */
  owner: string;
  original: Uint8Array;
  specs: Spec[];
  limits: RenderLimits;
}

/** A thumbnail in memory, which is what its spec asks for. */
export interface Thumbnail extends RenderedThumbnail {
  spec: Spec;
  content: Buffer;
}

/** The thumbnails of a task. */
export interface Rendering {
  image: RenderedImage;
  /** In the order of the specs. */
  thumbnails: Thumbnail[];
}
