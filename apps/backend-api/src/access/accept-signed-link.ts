import type { AccessConfig } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../http/api-env.ts';
import { isSigned } from './signed-link.ts';

/**
 * Lets a GET or HEAD with a valid signature pass without a key. For thumbnail paths only.
 *
 * An expired or altered link is `forbidden`, even when the request also carries a valid key: the client asked for the link.
 */
export const acceptSignedLink = ({ auth, linkSecrets }: AccessConfig) =>
  createMiddleware<ApiEnv>((context, next) => {
    const { method, path } = context.req;
    const { signature, expires, v: version = '' } = context.req.query();
    const isLink = signature !== undefined || expires !== undefined;
    const isEnabled = auth === 'api-key' && linkSecrets.length > 0;
    if (!isLink || !isEnabled || (method !== 'GET' && method !== 'HEAD')) return next();
    if (!isSigned({ path, version, expires: expires ?? '' }, signature ?? '', linkSecrets)) {
      throw new AppError('forbidden', 'The link has expired or was altered. Get a new link from the job.');
    }
    context.set('isShared', true);
    return next();
  });
