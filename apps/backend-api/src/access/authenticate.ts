import { type Caller, findCaller } from '@thumbnail-api/api-keys';
import { everybody } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { anyOwner } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ApiDeps } from '../deps.ts';
import { createLinks } from '../http/actions.ts';
import type { ApiEnv } from '../http/api-env.ts';

/** The caller of every request with `AUTH=none`. */
const anonymous = { keyId: null, owner: everybody, scope: 'write' } as const;

type CallerDeps = Pick<ApiDeps, 'config' | 'database' | 'paths'>;

/**
 * Sets the owner, scope and links of the caller. With `AUTH=none` there is one caller, who may do everything. A request
 * without a key continues without an owner; `authorize` rejects it where a key is required.
 *
 * @throws AppError `rate_limited` after too many wrong keys from its address, `unauthorized` for an unknown, revoked or expired key, also where no key is required
 */
export const authenticate = (deps: CallerDeps) => {
  const { auth, linkSecrets } = deps.config.access;
  const imageTypes = deps.config.images.types;
  const linkSecret = auth === 'none' ? undefined : linkSecrets[0];
  return createMiddleware<ApiEnv>(async (context, next) => {
    const caller = auth === 'none' ? anonymous : await readCaller(context, deps);
    if (caller) {
      const { keyId, owner, scope } = caller;
      if (keyId) context.set('log', context.var.log.child({ keyId }));
      context.set('owner', owner);
      context.set('visibleOwner', scope === 'admin' ? anyOwner : owner);
      context.set('scope', scope);
      context.set('links', createLinks(context.var.links.base, deps.paths, { scope, imageTypes, linkSecret }));
    }
    await next();
  });
};

async function readCaller(context: Context<ApiEnv>, { database }: CallerDeps): Promise<Caller | null> {
  context.header('vary', 'Authorization', { append: true });
  const header = context.req.header('authorization');
  if (header === undefined || context.var.isShared) return null;
  // RFC 6750, 2.1.
  const [, key = ''] = /^Bearer +(\S+) *$/i.exec(header) ?? [];
  const sent = { kind: 'key', token: header } as const;
  const caller = await context.var.wrongTokens.check(context, sent, () => findCaller({ database }, key));
  if (caller) return caller;
  throw new AppError('unauthorized', 'The key is not valid. Send a valid key: `Authorization: Bearer <key>`.');
}
