/** Makes a client's file name fit the database: at most 255 characters, no NUL, well-formed Unicode. Null if nothing is left. */
export const cleanFilename = (name: string | undefined): string | null =>
  // Postgres rejects NUL in text, and half a surrogate pair in JSON.
  name?.replaceAll('\0', '').slice(0, 255).toWellFormed() || null;
