import { createHash, randomBytes } from 'node:crypto';

/** Makes a key: 256 random bits behind a prefix by which scanners for leaked secrets can know it. */
export const makeKey = (): string => `tk_${randomBytes(32).toString('base64url')}`;

/** Says whether a text has the form of a key; no database need be asked about any other. */
export const isKey = (text: string): boolean => /^tk_[\w-]{43}$/.test(text);

/**
 * What is kept of a key: its SHA-256, in hexadecimal.
 *
 * A slow or salted hash is for passwords, which can be guessed. Of 2^256 keys none can, and a fast one costs a request
 * nothing. Keys are looked up by it, so the time that an index takes tells of the hash alone, from which no key follows.
 */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex');
