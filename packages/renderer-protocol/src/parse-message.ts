import { z } from 'zod';
import { type CheckedResult, checkResult } from './check-result.ts';
import { type RendererMessage, type RenderFailure, type RenderOrder, renderFailureCodes } from './messages.ts';

const count = z.int().min(1);
const thumbnail = z.strictObject({
  name: z.string().max(100),
  width: count,
  height: count,
  bytes: count,
  // A ThumbHash has at most 25 bytes.
  thumbHash: z.base64().min(1).max(36),
  dominantColour: z.string().regex(/^#[0-9a-f]{6}$/),
});
const result = z.strictObject({
  image: z.strictObject({ width: count, height: count, frames: count }),
  thumbnails: z.array(thumbnail).max(100),
});
const failure = z.strictObject({
  code: z.enum(renderFailureCodes),
  // Clients see it: printable ASCII, without line breaks and without characters that reorder text.
  message: z.string().regex(/^[ -~]{1,500}$/),
  cause: z.string().max(2_000).optional(),
});
const message: z.ZodType<RendererMessage> = z.union([
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ result }),
  z.strictObject({ failure }),
]);

/** A message from a renderer that was checked. */
export type CheckedMessage = { ready: true } | { result: CheckedResult } | { failure: RenderFailure };

/**
 * Parses a line from a renderer that works on `order`, or on nothing if null.
 *
 * The input is untrusted, because a hostile file may control the renderer. A result must contain exactly the thumbnails
 * that the order asks for, in the sizes that their specs give for the image.
 *
 * @throws Error for every other message
 */
export function parseMessage(line: string, order: RenderOrder | null): CheckedMessage {
  const parsed = message.parse(JSON.parse(line));
  if ('ready' in parsed) return parsed;
  if (!order) throw new Error('a renderer answered without a task');
  return 'failure' in parsed ? parsed : { result: checkResult(parsed.result, order) };
}
