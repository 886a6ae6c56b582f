import { join } from 'node:path';
import { renderConfigurationPage, renderEnvExample } from './config-docs.ts';

const root = join(import.meta.dirname, '..');
await Bun.write(join(root, '.env.example'), renderEnvExample());
await Bun.write(join(root, 'docs/configuration.md'), renderConfigurationPage());
