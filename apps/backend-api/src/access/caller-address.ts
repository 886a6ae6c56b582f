import { isIP } from 'node:net';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';
import { readForwarded, type TrustedProxies } from '../http/forwarded.ts';

/** The address that requests of a caller are counted under, as {@link countedAddress} gives it. */
export const callerAddress = (context: Context<ApiEnv>, proxies: TrustedProxies): string =>
  countedAddress(context.req.raw, peerOf(context), proxies);

/** The address of the client, whole, for the log; found as {@link countedAddress} finds it. */
export const clientAddress = (context: Context<ApiEnv>, proxies: TrustedProxies): string =>
  findAddress(context.req.raw, peerOf(context), proxies, toAddress);

const peerOf = (context: Context<ApiEnv>) => context.env?.server?.requestIP?.(context.req.raw)?.address;

/**
 * An IPv4 address, or the /64 network of an IPv6 address, because a customer usually gets a whole /64; `unknown` without
 * either.
 *
 * Behind trusted proxies it is the address that the outermost of them reports. It is `peer`, the other end of the
 * connection, when no proxy is trusted or none reports an address.
 */
export const countedAddress = (request: Request, peer: string | undefined, proxies: TrustedProxies): string =>
  findAddress(request, peer, proxies, toNetwork);

function findAddress(
  request: Request,
  peer: string | undefined,
  proxies: TrustedProxies,
  normalise: (text: string) => string | null,
): string {
  const { address = '' } = readForwarded(request.headers, proxies);
  return normalise(address) ?? normalise(peer ?? '') ?? 'unknown';
}

function toNetwork(text: string): string | null {
  const address = toAddress(text);
  return address !== null && isIP(address) === 6 ? toPrefix(address) : address;
}

/** Says whether an address, as {@link countedAddress} gives it, is on this machine. */
export const isLoopback = (address: string): boolean => /^127\.|^0:0:0:0::\/64$/.test(address);

/** Accepts an address with or without a port, brackets and zone. */
function toAddress(text: string): string | null {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/%.*$/, '');
  return isIP(address) > 0 ? address : null;
}

/** The /64 of an IPv6 address; the IPv4 address of an IPv4-mapped one. */
function toPrefix(address: string): string {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  const isIPv4Mapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  if (!isIPv4Mapped) return `${groups.slice(0, 4).join(':')}::/64`;
  return groups
    .slice(6)
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    .join('.');
}
