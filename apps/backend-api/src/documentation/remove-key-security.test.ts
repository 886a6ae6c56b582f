import { expect, test } from 'vitest';
import { readOpenApiDocument } from './openapi-document.ts';
import { removeKeySecurity } from './remove-key-security.ts';

test('the document with AUTH=none has no key scheme and no 401 for a key, and is otherwise the same', async () => {
  const withKeys = JSON.parse(await readOpenApiDocument());
  const withoutKeys = removeKeySecurity(withKeys);
  expect(JSON.stringify(withoutKeys)).not.toMatch(/"key":/);
  expect(JSON.stringify(withoutKeys)).toContain('metricsToken');
  for (const [path, operations] of Object.entries<Record<string, object>>(withKeys.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const shown = (withoutKeys.paths as typeof withKeys.paths)[path][method];
      expect(operation).toMatchObject(shown);
    }
  }
  expect(withoutKeys.info).toEqual(withKeys.info);
});
