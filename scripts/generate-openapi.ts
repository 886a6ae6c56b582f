import { join } from 'node:path';
import { readOpenApiDocument } from '../apps/backend-api/src/documentation/openapi-document.ts';

await Bun.write(join(import.meta.dirname, '../docs/openapi.json'), await readOpenApiDocument());
