import type { KeyScope } from '@thumbnail-api/db';

/** The name of the security scheme for API keys in the OpenAPI document. */
export const keyScheme = 'key';
const metricsScheme = 'metricsToken';

/** Declares that an operation requires a key with this scope. */
export const needs = (scope: KeyScope) => ({ security: [{ [keyScheme]: [scope] }] });

/** Declares that an operation requires no key. */
export const noKey = { security: [] };

/** Declares that an operation requires no key, and that its response depends on the key that is sent. */
export const optionalKey = { security: [{}, { [keyScheme]: [] }] };

/** Declares that an operation requires the metrics token when one is configured. */
export const optionalMetricsToken = { security: [{}, { [metricsScheme]: [] }] };

/** The security schemes of the OpenAPI document, for `components.securitySchemes`. */
export const securitySchemes = {
  [keyScheme]: {
    type: 'http' as const,
    scheme: 'bearer',
    description:
      'An API key, created with `bun run keys create`. Scopes: `read`; `write`, which includes `read`; `admin`, which includes `write` for the resources of all owners.',
  },
  [metricsScheme]: {
    type: 'http' as const,
    scheme: 'bearer',
    description: 'The `METRICS_TOKEN`, required when it is set.',
  },
};
