import { images } from '@thumbnail-api/db';
import { drawQuarters } from '@thumbnail-api/testing';
import { parse as parseDisposition } from 'content-disposition';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const names = [
  '../../secret/marked.png',
  String.raw`..\..\secret\marked.png`,
  '/secret/marked.png',
  '%2e%2e%2fmarked.png',
  'marked\0.png',
  'marked.png\r\nset-cookie: a=b',
  'marked".png; x="y',
  'marked\u202egnp.exe',
  '😀 marked.png',
  `marked${'x'.repeat(10_000)}.png`,
  '..',
  '\ud800',
];
const upload = async (name: string) =>
  api.request('/jobs', {
    method: 'POST',
    headers: {
      'content-type': 'image/png',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name.toWellFormed())}`,
    },
    body: new Blob([await drawQuarters(9, 9)]),
  });

async function expectHarmlessNames(paths: string[]): Promise<void> {
  for (const path of paths) {
    const { headers } = await api.request(path, { method: 'HEAD' });
    expect(headers.get('set-cookie')).toBeNull();
    const { type, parameters } = parseDisposition(headers.get('content-disposition') ?? '');
    expect(type).toMatch(/^(?:attachment|inline)$/);
    expect(parameters.filename).toMatch(/^[^/\\\p{Cc}]{1,255}$/u);
    expect(Object.keys(parameters).filter((parameter) => !/^filename\*?$/.test(parameter))).toEqual([]);
  }
}

test.each(names.map((name) => [name.slice(0, 40), name]))(
  'the file name %j names no folder and adds no header where it is stored or sent',
  async (_, name) => {
    const response = await upload(name);
    expect(response.status).toBe(201);
    const { id, image } = jobSchema.parse(await response.json());
    expect((image.filename ?? '').length).toBeLessThanOrEqual(255);
    await endJob(api.deps, id);
    const paths = [`/jobs/${id}/original`, `/images/${image.id}/original`, `/jobs/${id}/download`];
    await expectHarmlessNames(paths);
    // As an older version stored it.
    const filename = name.replaceAll('\0', '').slice(0, 255).toWellFormed();
    await api.deps.database.run((executor) => executor.update(images).set({ filename }).where(eq(images.id, image.id)));
    await expectHarmlessNames(paths);
    expect(await api.storedKeys()).not.toContainEqual(expect.stringMatching(/marked|secret|\.\./));
  },
);
