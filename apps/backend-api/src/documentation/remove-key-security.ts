import type { OpenAPIHono } from '@hono/zod-openapi';
import { keyScheme } from '../access/security-schemes.ts';
import type { ApiEnv } from '../http/api-env.ts';

type Document = ReturnType<OpenAPIHono<ApiEnv>['getOpenAPI31Document']>;

/** Removes API keys from the document, for `AUTH=none`: the security scheme, and the 401 responses of operations. */
export function removeKeySecurity({
  components: { securitySchemes: { [keyScheme]: _, ...securitySchemes } = {}, ...components } = {},
  ...document
}: Document): Document {
  const paths = Object.entries(document.paths ?? {}).map(([path, operations]) => [
    path,
    Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, openOperation(operation)])),
  ]);
  return { ...document, components: { ...components, securitySchemes }, paths: Object.fromEntries(paths) };
}

function openOperation(declared: { security?: object[]; responses: object }) {
  if (!declared.security?.some((scheme) => keyScheme in scheme)) return declared;
  const { security: _, responses, ...operation } = declared;
  const { 401: _unauthorized, ...others } = responses as Record<string, unknown>;
  return { ...operation, responses: others };
}
