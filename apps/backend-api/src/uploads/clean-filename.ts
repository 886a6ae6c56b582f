/** What is kept of the name that a client gave its file: what the database can hold, at most 255 characters; null where nothing is left. */
export const cleanFilename = (name: string | undefined): string | null =>
  // Postgres takes no NUL, and none of its JSON half a surrogate pair.
  name?.replaceAll('\0', '').slice(0, 255).toWellFormed() || null;
