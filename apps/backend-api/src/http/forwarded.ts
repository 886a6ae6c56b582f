/** What the proxies in front say of one request, in the entry that the outermost trusted one wrote. */
export interface Forwarded {
  proto: string | undefined;
  host: string | undefined;
  /** Who asked, as RFC 7239 and as `X-Forwarded-For` have it: an address, perhaps with a port. */
  addresses: string[];
}

/**
 * Reads `Forwarded` (RFC 7239) and `X-Forwarded-*`. Each proxy appends one entry, so the one counted from the right by
 * `hops` was written by the outermost that is trusted; what a client puts in front of it is ignored. 0 hops believe nothing.
 */
export function readForwarded(headers: Headers, hops: number): Forwarded {
  if (hops === 0) return { proto: undefined, host: undefined, addresses: [] };
  const forwarded = entry(headers.get('forwarded'), hops) ?? '';
  const addresses = [parameter(forwarded, 'for'), entry(headers.get('x-forwarded-for'), hops)];
  return {
    proto: parameter(forwarded, 'proto') ?? entry(headers.get('x-forwarded-proto'), hops),
    host: parameter(forwarded, 'host') ?? entry(headers.get('x-forwarded-host'), hops),
    addresses: addresses.filter((address) => address !== undefined),
  };
}

/** The entry counted from the right; a shorter list gives its first. */
function entry(header: string | null, hops: number): string | undefined {
  const entries = header?.split(',').map((part) => part.trim()) ?? [];
  return entries.at(Math.max(-hops, -entries.length));
}

const parameter = (forwarded: string, name: string): string | undefined =>
  new RegExp(`(?:^|;)\\s*${name}="?([^";]+)"?`, 'i').exec(forwarded)?.[1];
