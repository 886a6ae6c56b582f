/** Which proxies are trusted, and in which headers they report about a request. */
export interface TrustedProxies {
  /** Their number; 0 trusts none. */
  trustProxyHops: number;
  /** The only headers that are read: `Forwarded` (RFC 7239), or `X-Forwarded-For`, `-Proto` and `-Host`. */
  trustProxyHeader: 'x-forwarded' | 'forwarded';
}

/** What the outermost trusted proxy reports about a request. */
export interface Forwarded {
  proto: string | undefined;
  host: string | undefined;
  /** The address of the client, perhaps with a port. */
  address: string | undefined;
}

/**
 * Reads the headers of the configured kind, and never those of the other kind: a proxy passes on what it does not write, so
 * they come from the client.
 *
 * Each proxy appends one entry, so the entry at position `trustProxyHops` from the right comes from the outermost trusted
 * proxy. A client can only add entries to the left of it.
 */
export function readForwarded(headers: Headers, { trustProxyHops, trustProxyHeader }: TrustedProxies): Forwarded {
  const read = (name: string) => (trustProxyHops === 0 ? undefined : entry(headers.get(name), trustProxyHops));
  if (trustProxyHeader === 'x-forwarded') {
    return { proto: read('x-forwarded-proto'), host: read('x-forwarded-host'), address: read('x-forwarded-for') };
  }
  const forwarded = read('forwarded') ?? '';
  return {
    proto: parameter(forwarded, 'proto'),
    host: parameter(forwarded, 'host'),
    address: parameter(forwarded, 'for'),
  };
}

/** The entry at position `hops` from the right, or the first one of a shorter list. */
function entry(header: string | null, hops: number): string | undefined {
  const entries = header?.split(',').map((part) => part.trim()) ?? [];
  return entries.at(Math.max(-hops, -entries.length));
}

const parameter = (forwarded: string, name: string): string | undefined =>
  new RegExp(`(?:^|;)\\s*${name}="?([^";]+)"?`, 'i').exec(forwarded)?.[1];
