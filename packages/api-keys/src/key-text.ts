import { createHash, randomBytes } from 'node:crypto';

/** Makes the text of a key: 256 random bits after a prefix that secret scanners can recognise. */
export const makeKey = (): string => `tk_${randomBytes(32).toString('base64url')}`;

/** Whether a text has the form of a key. Anything else can be rejected without a query. */
export const isKey = (text: string): boolean => /^tk_[\w-]{43}$/.test(text);

/**
 * The hash under which a key is stored: its SHA-256, in hexadecimal.
 *
 * A slow or salted hash protects passwords, which can be guessed. A key of 256 random bits cannot, and a fast hash keeps
 * requests fast. The index lookup takes time that depends only on the hash, which does not reveal the key.
 */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex');
