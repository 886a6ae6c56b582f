import type { Context } from 'hono';
import type { ApiEnv } from './api-env.ts';

/** The address of the other end of the connection; empty when the app is asked in process. */
export const peerOf = (context: Context<ApiEnv>): string =>
  context.env?.server?.requestIP?.(context.req.raw)?.address ?? '';
