import { createHmac } from 'node:crypto';
import { isSameSecret, type Secret } from '@thumbnail-api/config';

/** What a signature covers: a path, a content version and an expiry time. It does not cover the host. */
export interface SignedLink {
  path: string;
  /** The `v` parameter; empty if the link has none. */
  version: string;
  /** Seconds since the Unix epoch. */
  expires: string;
}

const windowSeconds = 3_600;

/**
 * When a link created now expires: in one to two hours. Links created within the same hour expire together, so a page that
 * is reloaded shows the same links and the browser can reuse its cached images.
 */
export const nextExpiry = (now = Date.now()): string =>
  String((Math.floor(now / 1_000 / windowSeconds) + 2) * windowSeconds);

/** The query string that gives access to a link without a key. */
export const signQuery = (link: SignedLink, secret: Secret): string =>
  new URLSearchParams({ v: link.version, expires: link.expires, signature: sign(link, secret) }).toString();

/** Whether one of the secrets signed the link. Compares in constant time. */
export const isSigned = (link: SignedLink, signature: string, secrets: Secret[]): boolean =>
  secrets.map((secret) => isSameSecret(signature, sign(link, secret))).includes(true);

/** Whether a signed link has expired; so has one without a time. */
export const hasExpired = ({ expires }: SignedLink, now = Date.now()): boolean => !(Number(expires) * 1_000 > now);

const sign = ({ path, version, expires }: SignedLink, secret: Secret): string =>
  createHmac('sha256', secret.reveal())
    .update(JSON.stringify([path, version, expires]))
    .digest('base64url');
