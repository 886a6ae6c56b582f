import { z } from 'zod';
import { readOpenApiDocument } from '../src/openapi-document.ts';

const responseSchema = z.looseObject({
  content: z.record(z.string(), z.looseObject({ examples: z.record(z.string(), z.unknown()).optional() })).optional(),
  links: z.record(z.string(), z.unknown()).optional(),
});
const operationSchema = z.looseObject({
  operationId: z.string(),
  requestBody: z.looseObject({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(z.string(), responseSchema),
});
const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operationSchema)) });

/** One operation as the OpenAPI document has it. */
export interface Operation {
  id: string;
  /** In capitals. */
  method: string;
  path: string;
  /** Media types it takes. */
  takes: string[];
  /** The statuses it may answer with, and the codes of its problems. */
  statuses: number[];
  codes: string[];
  links: string[];
}

/** Every operation of the API, read from its own document: a new route cannot be forgotten. */
export async function readOperations(): Promise<Operation[]> {
  const { paths } = documentSchema.parse(JSON.parse(await readOpenApiDocument()));
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, requestBody, responses }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      takes: Object.keys(requestBody?.content ?? {}),
      statuses: Object.keys(responses).map(Number),
      codes: Object.values(responses).flatMap(({ content }) =>
        Object.keys(content?.['application/problem+json']?.examples ?? {}),
      ),
      links: Object.values(responses).flatMap(({ links }) => Object.keys(links ?? {})),
    })),
  );
}

/** Fills the parameters of a path. */
export const fill = (path: string, values: Record<string, string>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? 'unknown'));
