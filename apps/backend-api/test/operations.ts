import { z } from 'zod';
import { readOpenApiDocument } from '../src/documentation/openapi-document.ts';

const responseSchema = z.looseObject({
  content: z.record(z.string(), z.looseObject({ examples: z.record(z.string(), z.unknown()).optional() })).optional(),
  links: z.record(z.string(), z.unknown()).optional(),
});
const operationSchema = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  requestBody: z.looseObject({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(z.string(), responseSchema),
});
const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operationSchema)) });

/** One operation of the OpenAPI document. */
export interface Operation {
  id: string;
  /** In upper case. */
  method: string;
  path: string;
  /** The scope of the key that it requires; `open` if it requires none, null if the document does not say. */
  needs: string | null;
  /** The media types of its request body. */
  accepts: string[];
  /** The statuses of its responses, and the codes of its problems. */
  statuses: number[];
  codes: string[];
  links: string[];
  /** The headers that it reads. */
  headers: string[];
}

/** Reads every operation from the OpenAPI document, so that tests cover new routes by themselves. */
export async function readOperations(): Promise<Operation[]> {
  const { paths } = documentSchema.parse(JSON.parse(await readOpenApiDocument()));
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters, security, requestBody, responses }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      needs: security ? neededScope(security) : null,
      accepts: Object.keys(requestBody?.content ?? {}),
      statuses: Object.keys(responses).map(Number),
      codes: Object.values(responses).flatMap(({ content }) =>
        Object.keys(content?.['application/problem+json']?.examples ?? {}),
      ),
      headers: (parameters ?? []).filter((parameter) => parameter.in === 'header').map(({ name }) => name),
      links: Object.values(responses).flatMap(({ links }) => Object.keys(links ?? {})),
    })),
  );
}

const neededScope = (security: Record<string, string[]>[]): string => {
  const isOpen = security.length === 0 || security.some((scheme) => Object.keys(scheme).length === 0);
  return isOpen ? 'open' : (security[0]?.key?.join() ?? '');
};

/** Replaces the parameters of a path with their values. */
export const fill = (path: string, values: Record<string, string>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? 'unknown'));
