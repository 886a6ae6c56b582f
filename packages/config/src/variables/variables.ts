import { z } from 'zod';
import { Secret } from '../secret.ts';

/** A whole number between two bounds, written in decimal digits. */
export const wholeNumber = (minimum: number, maximum: number) =>
  z.string().regex(/^\d+$/, 'expected a whole number').transform(Number).pipe(z.number().min(minimum).max(maximum));

/** A TCP port. */
export const port = () => wholeNumber(1, 65_535);

/** `true` or `false`, spelled out. */
export const flag = () => z.enum(['true', 'false']).transform((value) => value === 'true');

/** A value that must not be shown again. */
export const secret = () => z.string().transform((value) => new Secret(value));

/** A host name or address, without scheme or port. */
export const host = () =>
  z.string().regex(/^[^\s/:@]+$|^[0-9a-fA-F:]+$/, 'expected a host name, without scheme or port');

/** An `http:` or `https:` URL without a path's trailing slash; nothing else may follow the path, and nobody's name stand before the host. */
export const httpUrl = () =>
  z
    .url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' })
    .regex(/^[^?#@]*$/, 'expected a URL without user, query or fragment')
    .transform((value) => value.replace(/\/+$/, ''));
