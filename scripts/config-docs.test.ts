import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderConfigurationPage, renderEnvExample } from './config-docs.ts';

const read = (path: string) => Bun.file(join(import.meta.dirname, '..', path)).text();

test('.env.example is what the schema says', async () => {
  expect(await read('.env.example')).toBe(renderEnvExample());
});

test('docs/configuration.md is what the schema says', async () => {
  expect(await read('docs/configuration.md')).toBe(renderConfigurationPage());
});

test('every variable is described', () => {
  expect(renderConfigurationPage()).not.toMatch(/\| {2}\|/);
});
