import type { z } from 'zod';
import { batchSchema } from '../src/batches/batch-schema.ts';
import type { TestApi } from './open-test-api.ts';

/** The bytes of a file in a form. */
export type Content = Uint8Array<ArrayBuffer> | string;

/** Posts a batch with these files, by name, and these options. */
export function sendBatch(api: TestApi, files: [string, Content][], options: Record<string, string> = {}) {
  const body = new FormData();
  for (const [name, bytes] of files) body.append('file', new Blob([bytes]), name);
  for (const [name, value] of Object.entries(options)) body.append(name, value);
  return api.request('/batches', { method: 'POST', body });
}

/** Parses a batch with the schema that the OpenAPI document shows. */
export const parseBatch = async (response: Response) => batchSchema.parse(await response.json());

/** The names of the actions of a batch. */
export const actionNames = (batch: z.output<typeof batchSchema>) => batch.actions.map(({ name }) => name);
