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
  const asked = new URL(request.url);
  const { proto, host } = readForwarded(request.headers, trustProxyHops);
  const scheme = proto === 'http' || proto === 'https' ? `${proto}:` : asked.protocol;
  // As a whole: a host without a port means the port of its scheme, not the one that was asked.
  const authority = host && hostPattern.test(host) ? host : asked.host;
  return URL.parse(`${scheme}//${authority}`)?.origin ?? asked.origin;
}
