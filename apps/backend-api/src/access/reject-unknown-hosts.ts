import { isIP } from 'node:net';
import { AppError } from '@thumbnail-api/errors';
import type { MiddlewareHandler } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { requestedUrl } from '../http/base-url.ts';

/**
 * Rejects requests under a host name that is not one of the API's: a page whose name was bound to the address of the API
 * (DNS rebinding) has the same origin as the API, and could read and delete everything. An IP address cannot be rebound, so
 * each is accepted. Probes and scrapers may use any name.
 *
 * @throws AppError `forbidden`
 */
export function rejectUnknownHosts({ config, paths }: Pick<ApiDeps, 'config' | 'paths'>): MiddlewareHandler<ApiEnv> {
  const { healthLive, healthCheck, healthReady, metrics } = paths;
  const underAnyName = new Set([healthLive, healthCheck, healthReady, metrics]);
  const names = new Set(config.allowedHosts);
  return (context, next) => {
    const { hostname } = requestedUrl(context.req.raw, config.links);
    if (underAnyName.has(context.req.path) || isKnownHost(hostname, names)) return next();
    throw new AppError(
      'forbidden',
      'This host name is not one of the API. Use localhost, an IP address or PUBLIC_URL, or add the name to ALLOWED_HOSTS.',
    );
  };
}

/** Whether a host, as a URL gives it, is an address, a name of the loopback interface (RFC 6761, 6.3) or one of `names`. */
export function isKnownHost(host: string, names: Set<string>): boolean {
  const name = host.replace(/\.$/, '');
  const isAddress = isIP(name.replace(/^\[(.*)\]$/, '$1')) > 0;
  return isAddress || name === 'localhost' || name.endsWith('.localhost') || names.has(name);
}
