import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readOpenApiDocument } from './openapi-document.ts';

test('docs/openapi.json is the document that the API serves', async () => {
  const committed = await Bun.file(join(import.meta.dirname, '../../../../docs/openapi.json')).text();
  expect(await readOpenApiDocument()).toBe(committed);
});

test('the document requires a file in an upload form and describes the events of a stream', async () => {
  const content = z.record(z.string(), z.looseObject({ schema: z.unknown() }));
  const operation = z.looseObject({
    requestBody: z.looseObject({ content }).optional(),
    responses: z.record(z.string(), z.looseObject({ content: content.optional() })),
  });
  const { paths } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), operation)) })
    .parse(JSON.parse(await readOpenApiDocument()));
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  const schemas = (type: string) => ({
    accepted: operations.flatMap(({ requestBody }) => requestBody?.content[type]?.schema ?? []),
    returned: operations.flatMap(({ responses }) => responses[200]?.content?.[type]?.schema ?? []),
  });
  const forms = schemas('multipart/form-data').accepted;
  expect(forms).toEqual(forms.map(() => expect.objectContaining({ required: expect.arrayContaining(['file']) })));
  expect(forms).toHaveLength(2);
  const streams = schemas('text/event-stream').returned;
  expect(streams).toEqual(streams.map(() => ({ $ref: '#/components/schemas/ServerEvent' })));
  expect(streams).toHaveLength(2);
});
