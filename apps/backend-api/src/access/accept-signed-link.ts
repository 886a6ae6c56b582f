import type { AccessConfig } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../http/api-env.ts';
import { isSigned } from './signed-link.ts';

/**
 * Lets a GET with a good signature in, whoever sends it; for the paths of thumbnails alone. A link that has run out or was
 * altered is `forbidden`, also for who sends a key: what was asked for is the link.
 */
export const acceptSignedLink = ({ auth, linkSecrets }: AccessConfig) =>
  createMiddleware<ApiEnv>((context, next) => {
    const { method, path } = context.req;
    const { signature, expires, v: version = '' } = context.req.query();
    const isLink = signature !== undefined || expires !== undefined;
    const isTaken = auth === 'api-key' && linkSecrets.length > 0 && (method === 'GET' || method === 'HEAD');
    if (!isLink || !isTaken) return next();
    if (!isSigned({ path, version, expires: expires ?? '' }, signature ?? '', linkSecrets)) {
      throw new AppError('forbidden', 'The link has run out, or was altered.');
    }
    context.set('isShared', true);
    return next();
  });
