import type { RenderOrder, RenderResult } from '@thumbnail-api/renderer-protocol';
import { render } from './pipeline.ts';

/** The result of a task, and the thumbnails in its order. */
export interface FinishedTask {
  result: RenderResult;
  contents: Buffer[];
}

/**
 * Renders all thumbnails of one original.
 *
 * @throws AppError with one of the codes that a renderer may report
 */
export async function runTask({ specs, limits, memoryBytes }: RenderOrder, original: Buffer): Promise<FinishedTask> {
  const { image, thumbnails } = await render(original, specs, { ...limits, memoryBytes });
  const described = thumbnails.map(({ spec, bytes, ...thumbnail }) => ({
    name: spec.name,
    ...thumbnail,
    bytes: bytes.byteLength,
  }));
  return { result: { image, thumbnails: described }, contents: thumbnails.map(({ bytes }) => bytes) };
}
