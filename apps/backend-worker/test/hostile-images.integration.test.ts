import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { AppError } from '@thumbnail-api/errors';
import {
  decodeImage,
  openImage,
  paintImage,
  plainPng,
  pngChunk,
  slowSvg,
  textBomb,
} from '@thumbnail-api/testing/images';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watchMemory } from '../src/pool/watch-memory.ts';
import { openRendererLab, type RendererLab } from './renderer-lab.ts';

const memoryBytes = 512 * 1024 ** 2;
let lab: RendererLab;
beforeAll(() => {
  lab = openRendererLab({ renderTimeoutMs: 10_000, renderMemoryBytes: memoryBytes });
});
afterAll(() => lab.close());

const svg = (inner: string, head = '') =>
  Buffer.from(
    `${head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude" width="40" height="40">${inner}</svg>`,
  );

async function outcomeOf(original: Buffer, options: object = {}) {
  const [pid = 0] = lab.pool.pids();
  const memory = watchMemory(pid, Number.POSITIVE_INFINITY, () => undefined);
  const outcome = await lab.pool.render(lab.taskFor(original, options)).then(
    () => 'success',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
  memory.stop();
  return { outcome, peakBytes: memory.peakBytes() };
}

describe('a hostile image stays within the limits, and the next image is rendered:', () => {
  const nestedUses = (levels: number) => {
    const groups = Array.from({ length: levels }, (_, level) => {
      const inner = level === 0 ? '<path d="M0 0L9 9" stroke="red"/>' : `<use href="#g${level - 1}"/>`.repeat(10);
      return `<g id="g${level}">${inner}</g>`;
    });
    return svg(`<defs>${groups.join('')}</defs><use href="#g${levels - 1}"/>`);
  };
  const patterns = Array.from(
    { length: 12 },
    (_, level) =>
      `<pattern id="p${level}" width="2" height="2" patternUnits="userSpaceOnUse"><rect width="40" height="40" fill="url(#p${level + 1})"/></pattern>`,
  );
  const hugePng = plainPng(20_000, 20_000).toString('base64');
  const icc = pngChunk('iCCP', Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflateSync(Buffer.alloc(300_000_000))]));

  test.each<[string, () => Buffer, string[]]>([
    [
      'a PNG text that unpacks to 400 MB',
      () => plainPng(50, 50, [textBomb(400_000_000)]),
      ['success', 'image_corrupt'],
    ],
    [
      'a PNG with a hundred texts of 4 MB',
      () => plainPng(50, 50, Array(100).fill(textBomb(4_000_000))),
      ['success', 'image_corrupt'],
    ],
    ['a PNG profile that unpacks to 300 MB', () => plainPng(50, 50, [icc]), ['success', 'image_corrupt']],
    ['a PNG without its pixels', () => plainPng(50, 50).subarray(0, 45), ['image_corrupt']],
    ['an SVG of nested uses', () => nestedUses(12), ['image_corrupt', 'render_timeout']],
    [
      'an SVG of nested patterns',
      () => svg(`${patterns.join('')}<rect width="40" height="40" fill="url(#p0)"/>`),
      ['success', 'image_corrupt', 'render_timeout', 'render_crashed'],
    ],
    ['an SVG of ten thousand noise filters', () => slowSvg(), ['render_timeout']],
    [
      'an SVG with an embedded image of 400 million pixels',
      () => svg(`<image href="data:image/png;base64,${hugePng}" width="40" height="40"/>`),
      ['success', 'image_corrupt', 'render_crashed', 'render_timeout'],
    ],
    [
      'an SVG a hundred thousand elements deep',
      () => svg(`${'<g>'.repeat(100_000)}${'</g>'.repeat(100_000)}`),
      ['success', 'image_corrupt', 'render_timeout', 'render_crashed'],
    ],
    [
      'an SVG with one very long attribute',
      () => svg(`<path d="M0 0${'L1 1'.repeat(200_000)}" stroke="red"/>`),
      ['success', 'image_corrupt', 'render_timeout', 'render_crashed'],
    ],
  ])('%s', async (_, make, outcomes) => {
    const { outcome, peakBytes } = await outcomeOf(make());
    expect(outcomes).toContain(outcome);
    // Memory is read every 20 ms, or as often as a busy machine allows.
    expect(peakBytes).toBeLessThan(2 * memoryBytes);
    const ordinary = await openImage(paintImage(300, 200)).jpeg().toBuffer();
    expect((await outcomeOf(ordinary)).outcome).toBe('success');
  });
});

describe('an SVG reads nothing outside itself:', () => {
  const directory = mkdtempSync(join(tmpdir(), 'canary-'));
  const requests: string[] = [];
  const canary = Bun.serve({
    port: 0,
    fetch: (request) => {
      requests.push(request.url);
      return new Response('<svg xmlns="http://www.w3.org/2000/svg"/>', {
        headers: { 'content-type': 'image/svg+xml' },
      });
    },
  });
  const file = `file://${directory}/canary.png`;
  beforeAll(async () => {
    await openImage(paintImage(40, 40, () => [255, 0, 0]))
      .png()
      .toFile(join(directory, 'canary.png'));
  });
  afterAll(async () => {
    await canary.stop(true);
    rmSync(directory, { recursive: true });
  });

  const targets = { file, http: `http://localhost:${canary.port}/canary.png`, passwd: 'file:///etc/passwd' };
  const references = Object.entries(targets).flatMap(([target, url]): [string, string, Buffer][] => [
    [target, 'an image', svg(`<image href="${url}" width="40" height="40"/>`)],
    [target, 'an image with xlink', svg(`<image xlink:href="${url}" width="40" height="40"/>`)],
    [target, 'a use', svg(`<use href="${url}#a"/>`)],
    [target, 'an include', svg(`<text y="20"><xi:include href="${url}" parse="text"/></text>`)],
    [
      target,
      'a style',
      svg(`<style>@import url("${url}"); rect { fill: url("${url}#a") }</style><rect width="1" height="1"/>`),
    ],
    [
      target,
      'a font',
      svg(`<style>@font-face { font-family: x; src: url("${url}") }</style><text font-family="x"> </text>`),
    ],
    [target, 'a filter', svg(`<filter id="f"><feImage href="${url}"/></filter><g filter="url(#f)"/>`)],
    [target, 'a stylesheet', svg('', `<?xml version="1.0"?><?xml-stylesheet href="${url}" type="text/css"?>`)],
  ]);

  test.each(references)('no %s URL by %s', async (_, _how, original) => {
    const task = lab.taskFor(original, { width: 40, height: 40, format: 'png' });
    const { thumbnails } = await lab.pool.render(task);
    const decoded = await decodeImage(thumbnails[0]?.content ?? Buffer.alloc(0));
    expect([decoded.at(20, 20)[3], decoded.at(8, 18)[3], decoded.at(39, 39)[3]]).toEqual([0, 0, 0]);
    expect(requests).toEqual([]);
  });

  test('the canary server records requests', async () => {
    await fetch(targets.http);
    expect(requests).toHaveLength(1);
  });
});
