import { expect, test } from 'vitest';
import { readOpenApiDocument } from './openapi-document.ts';
import { removeKeySecurity } from './remove-key-security.ts';

test('a document of an API that asks nobody for a key mentions none, and is the same otherwise', async () => {
  const closed = JSON.parse(await readOpenApiDocument());
  const open = removeKeySecurity(closed);
  expect(JSON.stringify(open)).not.toMatch(/"(403|key)":/);
  expect(JSON.stringify(open)).toContain('metricsToken');
  for (const [path, operations] of Object.entries<Record<string, object>>(closed.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const shown = (open.paths as typeof closed.paths)[path][method];
      expect(operation).toMatchObject(shown);
    }
  }
  expect(open.info).toEqual(closed.info);
});
