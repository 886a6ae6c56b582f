import { readForwarded, type TrustedProxies } from './forwarded.ts';

/** Where the base URL of links comes from. */
export interface LinkOptions extends TrustedProxies {
  /** The base URL. When set, requests cannot change it. */
  publicUrl: string | undefined;
}

const hostPattern = /^[\w.:[\]-]+$/;

/** What links start with, without a trailing slash: the public URL, else the scheme and authority that the client used. */
export const baseUrl = (request: Request, options: LinkOptions): string =>
  options.publicUrl ?? requestedUrl(request, options).origin;

/**
 * A URL with the scheme and authority that the client used.
 *
 * They come from the outermost trusted proxy, else from the request itself. An invalid scheme or host is ignored.
 */
export function requestedUrl(request: Request, proxies: TrustedProxies): URL {
  const requested = new URL(request.url);
  const { proto, host } = readForwarded(request.headers, proxies);
  const scheme = proto === 'http' || proto === 'https' ? `${proto}:` : requested.protocol;
  // A forwarded host without a port means the default port of its scheme, not the port of the request.
  const authority = host && hostPattern.test(host) ? host : requested.host;
  return URL.parse(`${scheme}//${authority}`) ?? requested;
}
