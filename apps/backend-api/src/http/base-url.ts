import { readForwarded } from './forwarded.ts';

/** How links begin. */
export interface LinkOptions {
  /** When set, nothing in a request can change it. */
  publicUrl: string | undefined;
  /** Proxies in front whose forwarding headers are believed. */
  trustProxyHops: number;
}

const hostPattern = /^[\w.:[\]-]+$/;

/**
 * The scheme and authority that a client used, without a trailing slash.
 *
 * Only what the outermost trusted proxy says of them counts; a host that does not look like one is ignored.
 */
export function baseUrl(request: Request, { publicUrl, trustProxyHops }: LinkOptions): string {
  if (publicUrl) return publicUrl;
  const url = new URL(request.url);
  const { proto, host } = readForwarded(request.headers, trustProxyHops);
  if (proto === 'http' || proto === 'https') url.protocol = proto;
  if (host && hostPattern.test(host)) url.host = host;
  return url.origin;
}
