import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderConfigurationPage, renderEnvExample } from './config-docs.ts';

const read = (path: string) => Bun.file(join(import.meta.dirname, '..', path)).text();

test('.env.example is up to date', async () => {
  expect(await read('.env.example')).toBe(renderEnvExample());
});

test('docs/configuration.md is up to date', async () => {
  expect(await read('docs/configuration.md')).toBe(renderConfigurationPage());
});

test('every variable has a description', () => {
  expect(renderConfigurationPage()).not.toMatch(/\| {2}\|/);
});
