import type { KeyScope } from '@thumbnail-api/db';

/** The name of the scheme in the document. */
const scheme = 'key';

/** Declares that an operation asks for a key of this scope; `open` and `mayBeKnown` are the other two answers. */
export const needs = (scope: KeyScope) => ({ security: [{ [scheme]: [scope] }] });

/** Declares that an operation asks for nothing. */
export const open = { security: [] };

/** Declares that an operation asks for nothing, and tells those with a key more. */
export const mayBeKnown = { security: [{}, { [scheme]: [] }] };

/** What `components.securitySchemes` says. */
export const securitySchemes = {
  [scheme]: {
    type: 'http' as const,
    scheme: 'bearer',
    description: 'A key, as `bun run keys create` prints it. Scopes: `read`, and `write`, which implies `read`.',
  },
};
