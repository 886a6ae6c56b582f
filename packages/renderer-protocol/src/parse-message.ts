import { jobErrorCodes } from '@thumbnail-api/errors';
import { thumbnailKey } from '@thumbnail-api/storage';
import { formats } from '@thumbnail-api/thumbnail-spec';
import { z } from 'zod';
import type { RenderedThumbnail, RendererMessage, RenderTask } from './messages.ts';

const count = z.int().min(1);
const milliseconds = z.number().min(0);
const thumbnail = z.strictObject({
  name: z.string(),
  key: z.string(),
  type: z.string(),
  width: count,
  height: count,
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  thumbHash: z.base64(),
  dominantColour: z.string().regex(/^#[0-9a-f]{6}$/),
  spec: z.unknown(),
});
const result = z.strictObject({
  image: z.strictObject({ width: count, height: count, frames: count }),
  checksum: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .optional(),
  thumbnails: z.array(thumbnail),
  timings: z.strictObject({ fetchMs: milliseconds, renderMs: milliseconds, storeMs: milliseconds }),
});
const failure = z.strictObject({
  // Only a worker can know that a renderer was too slow or died.
  code: z.enum(jobErrorCodes).exclude(['render_timeout', 'render_crashed']),
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
 * Parses a message from a renderer that works on `task`, or on nothing if null.
 *
 * A renderer decodes untrusted bytes, so nothing in its message is trusted: a result must contain exactly the thumbnails
 * that the task asks for, each under the key that follows from its content.
 *
 * @throws Error for every other message
 */
export function parseMessage(sent: unknown, task: RenderTask | null): RendererMessage {
  const parsed = message.parse(sent);
  if ('ready' in parsed) return parsed;
  if (!task) throw new Error('a renderer answered without a task');
  if ('failure' in parsed) return { failure: { ...parsed.failure, cause: parsed.failure.cause } };
  return { result: { ...parsed.result, thumbnails: matchSpecs(parsed.result.thumbnails, task) } };
}

function matchSpecs(thumbnails: z.output<typeof thumbnail>[], { jobId, specs }: RenderTask): RenderedThumbnail[] {
  if (thumbnails.length !== specs.length) throw new Error('a renderer returned another number of thumbnails');
  return thumbnails.map((made, index) => {
    const spec = specs[index];
    if (spec?.name !== made.name) throw new Error('a renderer returned a thumbnail that the task does not ask for');
    const { mediaType, extension } = formats[spec.format];
    const isExpected = made.type === mediaType && made.key === thumbnailKey(jobId, spec.name, made.sha256, extension);
    if (!isExpected) throw new Error('a renderer returned another key or type');
    return { ...made, spec };
  });
}
