/**
 * Makes a client's file name fit the database and every program that shows it: at most 255 characters, none of them a
 * control character, well-formed Unicode. Null if nothing is left.
 */
export const cleanFilename = (name: string | undefined): string | null =>
  // Postgres rejects NUL in text, and half a surrogate pair in JSON.
  name
    ?.replace(/\p{Cc}/gu, '')
    .slice(0, 255)
    .toWellFormed() || null;
