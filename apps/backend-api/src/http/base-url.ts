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
 * Only the header entry that the outermost trusted proxy wrote counts (RFC 7239; each proxy appends one); what a client
 * puts in front of it is ignored, and so is a host that does not look like one.
 */
export function baseUrl(request: Request, { publicUrl, trustProxyHops }: LinkOptions): string {
  if (publicUrl) return publicUrl;
  const url = new URL(request.url);
  if (trustProxyHops > 0) {
    const forwarded = entry(request.headers.get('forwarded'), trustProxyHops) ?? '';
    const proto = parameter(forwarded, 'proto') ?? entry(request.headers.get('x-forwarded-proto'), trustProxyHops);
    const host = parameter(forwarded, 'host') ?? entry(request.headers.get('x-forwarded-host'), trustProxyHops);
    if (proto === 'http' || proto === 'https') url.protocol = proto;
    if (host && hostPattern.test(host)) url.host = host;
  }
  return url.origin;
}

/** The entry counted from the right; a shorter list gives its first. */
function entry(header: string | null, hops: number): string | undefined {
  const entries = header?.split(',').map((part) => part.trim()) ?? [];
  return entries.at(Math.max(-hops, -entries.length));
}

const parameter = (forwarded: string, name: string): string | undefined =>
  new RegExp(`(?:^|;)\\s*${name}="?([^";]+)"?`, 'i').exec(forwarded)?.[1];
