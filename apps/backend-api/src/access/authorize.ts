import { AppError } from '@thumbnail-api/errors';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../http/api-env.ts';

const safe = new Set(['GET', 'HEAD']);

/**
 * Turns away who is not known, and who may only read but wants to change something. It stands before every route that is
 * registered behind it, known or not: a new one is closed unless somebody opens it.
 */
export const authorize = () =>
  createMiddleware<ApiEnv>(async (context, next) => {
    const { scope, isShared } = context.var;
    const { method } = context.req;
    const isAsking = method === 'OPTIONS' || isShared;
    if (!isAsking && scope === 'none') {
      throw new AppError('unauthorized', 'Send a key: `Authorization: Bearer <key>`.');
    }
    if (!isAsking && scope === 'read' && !safe.has(method)) {
      throw new AppError('forbidden', 'The key may only read: this needs one with the scope write.');
    }
    await next();
  });
