/** What the outermost trusted proxy reports about a request. */
export interface Forwarded {
  proto: string | undefined;
  host: string | undefined;
  /** The client addresses from `Forwarded` and from `X-Forwarded-For`; each may include a port. */
  addresses: string[];
}

/**
 * Reads `Forwarded` (RFC 7239) and `X-Forwarded-*`. With 0 hops it ignores them.
 *
 * Each proxy appends one entry, so the entry at position `hops` from the right comes from the outermost trusted proxy. A
 * client can only add entries to the left of it.
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

/** The entry at position `hops` from the right, or the first one of a shorter list. */
function entry(header: string | null, hops: number): string | undefined {
  const entries = header?.split(',').map((part) => part.trim()) ?? [];
  return entries.at(Math.max(-hops, -entries.length));
}

const parameter = (forwarded: string, name: string): string | undefined =>
  new RegExp(`(?:^|;)\\s*${name}="?([^";]+)"?`, 'i').exec(forwarded)?.[1];
