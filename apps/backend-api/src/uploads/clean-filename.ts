/** Controls, directions of text, line separators and characters that show nothing: they make a name look like another. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Makes a client's file name safe to store and to show: at most 255 characters, none of them invisible, well-formed Unicode.
 * Null if nothing is left.
 */
export const cleanFilename = (name: string | null | undefined): string | null =>
  // Postgres rejects half a surrogate pair in JSON.
  name?.replaceAll(invisible, '').slice(0, 255).toWellFormed() || null;
