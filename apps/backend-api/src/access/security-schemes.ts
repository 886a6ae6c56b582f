import type { KeyScope } from '@thumbnail-api/db';

/** The name of the callers' keys in the document. */
export const keyScheme = 'key';
const metricsScheme = 'metricsToken';

/** Declares that an operation asks for a key of this scope; `open` and `mayBeKnown` are the other two answers. */
export const needs = (scope: KeyScope) => ({ security: [{ [keyScheme]: [scope] }] });

/** Declares that an operation asks for nothing. */
export const open = { security: [] };

/** Declares that an operation asks for nothing, and tells those with a key more. */
export const mayBeKnown = { security: [{}, { [keyScheme]: [] }] };

/** Declares that an operation may ask for the token of those who watch the service, which is no caller's key. */
export const mayNeedMetricsToken = { security: [{}, { [metricsScheme]: [] }] };

/** What `components.securitySchemes` says. */
export const securitySchemes = {
  [keyScheme]: {
    type: 'http' as const,
    scheme: 'bearer',
    description: 'A key, as `bun run keys create` prints it. Scopes: `read`, and `write`, which implies `read`.',
  },
  [metricsScheme]: { type: 'http' as const, scheme: 'bearer', description: 'The `METRICS_TOKEN`, where one is set.' },
};
