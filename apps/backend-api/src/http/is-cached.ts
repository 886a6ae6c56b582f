/** Says whether an `If-None-Match` header, a list of ETags or `*`, contains `etag`. Compares weakly (RFC 9110, 13.1.2). */
export const isCached = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch?.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag) ?? false;
