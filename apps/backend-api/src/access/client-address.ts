import { isIP } from 'node:net';
import { readForwarded } from '../http/forwarded.ts';

/**
 * Whom a request comes from, for counting: an IPv4 address, or the /64 of an IPv6 one, since that is what one customer gets.
 *
 * `peer` is the other end of the connection; behind trusted proxies it is the address that the outermost of them names. Two
 * headers that disagree are no proof of anything, since a proxy may hand on one that it does not write: then, and where none
 * names an address, it is the peer.
 */
export function clientAddress(request: Request, peer: string | undefined, trustProxyHops: number): string {
  const named = readForwarded(request.headers, trustProxyHops).addresses.map(toNetwork);
  const [first, ...others] = new Set(named);
  return (others.length === 0 && first) || toNetwork(peer ?? '') || 'unknown';
}

function toNetwork(text: string): string | null {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/%.*$/, '');
  if (isIP(address) === 4) return address;
  return isIP(address) === 6 ? toPrefix(address) : null;
}

/** The first four groups; an IPv4 address in disguise is that address. */
function toPrefix(address: string): string {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  const mapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  if (!mapped) return `${groups.slice(0, 4).join(':')}::/64`;
  return groups
    .slice(6)
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    .join('.');
}
