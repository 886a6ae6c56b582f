import type { Context } from 'hono';
import type { ApiEnv } from './api-env.ts';

const isWhole = /^(?:application\/(?:problem\+)?json|text\/(?:html|plain))\b/;

/**
 * The size of the body that is sent, in bytes; undefined for a stream of unknown length.
 *
 * A body that a handler made as a whole has no length yet, so this reads it and sets the same body again.
 */
export async function measureResponse(context: Context<ApiEnv>): Promise<number | undefined> {
  const { status, headers } = context.res;
  if (context.req.method === 'HEAD' || status === 204 || status === 304) return 0;
  const length = headers.get('content-length');
  if (length !== null) return Number(length);
  if (!isWhole.test(headers.get('content-type') ?? '')) return undefined;
  const body = await context.res.bytes();
  // Hono would wrap a response that replaces another one, and Bun would then send it in chunks.
  context.res = undefined;
  context.res = new Response(body, { status, headers });
  return body.length;
}
