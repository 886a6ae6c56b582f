import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { distanceFromQuarters, drawQuarters, readPixels } from './images.ts';
import { type Service, startService } from './start-service.ts';

let service: Service;
let directory: string;
beforeAll(async () => {
  service = await startService({});
  directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-readme-'));
});
afterAll(async () => {
  await service?.stop();
  await rm(directory, { recursive: true, force: true });
});

test("the README's example with curl downloads a thumbnail", async () => {
  const readme = await Bun.file(join(import.meta.dirname, '../README.md')).text();
  const block = /<!-- walk:[^>]*-->\n```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  expect(block).toContain('http://localhost:8080');
  await Bun.write(join(directory, 'photo.jpg'), await drawQuarters(640, 480));
  const example = Bun.spawn(['sh', '-eu', '-c', block.replace('http://localhost:8080', service.url)], {
    cwd: directory,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 90_000,
  });
  expect([await new Response(example.stderr).text(), await example.exited]).toEqual(['', 0]);
  const thumbnail = await readPixels(await Bun.file(join(directory, 'thumbnail.webp')).bytes());
  expect([thumbnail.format, thumbnail.width, thumbnail.height]).toEqual(['webp', 100, 100]);
  expect(distanceFromQuarters(thumbnail.at)).toBeLessThan(12);
});
