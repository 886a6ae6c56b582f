import { AppError } from '@thumbnail-api/errors';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../http/api-env.ts';

const readMethods = new Set(['GET', 'HEAD']);

/**
 * Rejects requests without a key, and requests that change something with a `read` key. A valid signed link replaces the key.
 *
 * Every route registered after it requires a key, and so does every unknown path.
 *
 * @throws AppError `unauthorized`, `forbidden`
 */
export const authorize = () =>
  createMiddleware<ApiEnv>((context, next) => {
    const { scope, isShared } = context.var;
    const { method } = context.req;
    // A browser sends no key with its preflight request.
    if (method === 'OPTIONS' || isShared) return next();
    if (scope === 'none') {
      throw new AppError('unauthorized', 'A key is required. Send a valid key: `Authorization: Bearer <key>`.');
    }
    if (scope === 'read' && !readMethods.has(method)) {
      throw new AppError('forbidden', 'The key has the scope read. Use a key with the scope write.');
    }
    return next();
  });
