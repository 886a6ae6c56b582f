import { thumbnailKey } from '@thumbnail-api/storage';
import { z } from 'zod';
import type { RenderedThumbnail, RendererMessage, RenderTask } from './messages.ts';

const side = z.int().min(1);
const milliseconds = z.number().min(0);
const thumbnail = z.strictObject({
  name: z.string(),
  key: z.string(),
  type: z.string(),
  width: side,
  height: side,
  bytes: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  thumbHash: z.base64(),
  dominantColour: z.string().regex(/^#[0-9a-f]{6}$/),
  spec: z.unknown(),
});
const result = z.strictObject({
  image: z.strictObject({ width: side, height: side, frames: side }),
  thumbnails: z.array(thumbnail),
  timings: z.strictObject({ fetchMs: milliseconds, renderMs: milliseconds, storeMs: milliseconds }),
});
const failure = z.strictObject({
  code: z.enum([
    'image_corrupt',
    'image_too_large',
    'unsupported_media_type',
    'render_too_large',
    'storage_unavailable',
    'original_missing',
    'internal_error',
  ]),
  message: z.string().max(1_000),
  retryable: z.boolean(),
  cause: z.string().optional(),
});
const message = z.union([
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ result }),
  z.strictObject({ failure }),
]);

/**
 * Reads what a renderer sent. It touched a stranger's bytes, so its word is checked: it may report only thumbnails that
 * `task` asked for, under keys of that job.
 *
 * @throws Error when it says anything else
 */
export function parseMessage(sent: unknown, task: RenderTask | null): RendererMessage {
  const parsed = message.parse(sent);
  if ('ready' in parsed) return parsed;
  if (!task) throw new Error('a renderer answered without a task');
  if ('failure' in parsed) return { failure: { ...parsed.failure, cause: parsed.failure.cause } };
  return { result: { ...parsed.result, thumbnails: matchSpecs(parsed.result, task) } };
}

function matchSpecs({ thumbnails }: z.output<typeof result>, { jobId, specs }: RenderTask) {
  if (thumbnails.length !== specs.length) throw new Error('a renderer made another number of thumbnails');
  return specs.map((spec, index): RenderedThumbnail => {
    const made = thumbnails[index];
    const keyStart = made && thumbnailKey(jobId, spec.name, made.sha256, '');
    if (made?.name !== spec.name || !made.key.startsWith(keyStart ?? '\0'))
      throw new Error('a renderer named another key');
    return { ...made, spec };
  });
}
