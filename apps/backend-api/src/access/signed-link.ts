import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@thumbnail-api/config';

/** What a signature vouches for: one path and content, until a moment. The host is not part of it. */
export interface SignedLink {
  path: string;
  /** The `v` of the link; empty where it has none. */
  version: string;
  /** Seconds since 1970. */
  expires: string;
}

const windowSeconds = 3_600;

/**
 * When a link that is made now runs out: in one hour at least and two at most. All links of an hour run out together, so
 * that a page that is loaded again has the same links, and its browser the pictures.
 */
export const nextExpiry = (now = Date.now()): string =>
  String((Math.floor(now / 1_000 / windowSeconds) + 2) * windowSeconds);

/** The query that makes a link hold for who has no key. */
export const signQuery = (link: SignedLink, secret: Secret): string =>
  new URLSearchParams({ v: link.version, expires: link.expires, signature: sign(link, secret) }).toString();

/** Does one of the secrets vouch for the link, and has it not run out? Compares in constant time. */
export function isSigned(link: SignedLink, signature: string, secrets: Secret[], now = Date.now()): boolean {
  const given = Buffer.from(signature);
  const fits = secrets.map((secret) => {
    const expected = Buffer.from(sign(link, secret));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return fits.includes(true) && Number(link.expires) * 1_000 > now;
}

const sign = ({ path, version, expires }: SignedLink, secret: Secret): string =>
  createHmac('sha256', secret.reveal())
    .update(JSON.stringify([path, version, expires]))
    .digest('base64url');
