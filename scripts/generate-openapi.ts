import { join } from 'node:path';
import { readOpenApiDocument } from '../apps/backend-api/src/openapi-document.ts';

await Bun.write(join(import.meta.dirname, '../docs/openapi.json'), await readOpenApiDocument());
