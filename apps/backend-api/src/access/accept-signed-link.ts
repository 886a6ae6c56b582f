import type { AccessConfig } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../http/api-env.ts';
import { hasExpired, isSigned, type SignedLink } from './signed-link.ts';

/**
 * Lets a GET or HEAD with a valid signature pass without a key. For thumbnail paths only.
 *
 * An expired or altered link is `forbidden`, even when the request also carries a valid key: the client asked for the link.
 * Altered links count as wrong tokens, expired ones do not.
 */
export const acceptSignedLink = ({ auth, linkSecrets }: AccessConfig) =>
  createMiddleware<ApiEnv>(async (context, next) => {
    const { method, path } = context.req;
    const { signature, expires, v: version = '' } = context.req.query();
    const isLink = signature !== undefined || expires !== undefined;
    const isEnabled = auth === 'api-key' && linkSecrets.length > 0;
    if (!isLink || !isEnabled || (method !== 'GET' && method !== 'HEAD')) return next();
    const link: SignedLink = { path, version, expires: expires ?? '' };
    const sent = { kind: 'link', token: `${path} ${signature}` } as const;
    const verify = () => isSigned(link, signature ?? '', linkSecrets);
    if (!(await context.var.wrongTokens.check(context, sent, verify)) || hasExpired(link)) {
      throw new AppError('forbidden', 'The link has expired or was altered. Get a new link from the job.');
    }
    context.set('isShared', true);
    return next();
  });
