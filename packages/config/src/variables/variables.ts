import { z } from 'zod';
import { Secret } from '../secret.ts';

/** A whole number in decimal digits, from `minimum` to `maximum`. */
export const wholeNumber = (minimum: number, maximum: number) =>
  z.string().regex(/^\d+$/, 'expected a whole number').transform(Number).pipe(z.number().min(minimum).max(maximum));

/** A TCP port. */
export const port = () => wholeNumber(1, 65_535);

/** `true` or `false`. */
export const flag = () => z.enum(['true', 'false']).transform((value) => value === 'true');

/** A value that is never printed or logged. */
export const secret = () => z.string().transform((value) => new Secret(value));

/** A host name or IP address, without scheme or port. */
export const host = () =>
  z.string().regex(/^[^\s/:@]+$|^[0-9a-fA-F:]+$/, 'expected a host name, without scheme or port');

/** An `http:` or `https:` URL without user, query or fragment. Trailing slashes are removed. */
export const httpUrl = () =>
  z
    .url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' })
    .regex(/^[^?#@]*$/, 'expected a URL without user, query or fragment')
    .transform((value) => value.replace(/\/+$/, ''));
