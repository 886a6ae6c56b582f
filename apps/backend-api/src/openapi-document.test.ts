import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOpenApiDocument } from './openapi-document.ts';

test('docs/openapi.json is what is served', async () => {
  const committed = await Bun.file(join(import.meta.dirname, '../../../docs/openapi.json')).text();
  expect(await readOpenApiDocument()).toBe(committed);
});
