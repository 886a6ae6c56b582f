import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadConfig, workerConfig } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { encodeAnimation, openImage, paintImage, plainPng, slowSvg } from '@thumbnail-api/testing/images';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { isAlive, openRendererLab, type RendererLab, until } from '../../test/renderer-lab.ts';
import type { RendererPoolOptions } from './renderer-pool.ts';

const labs: RendererLab[] = [];
const open = (options: Partial<RendererPoolOptions> = {}) => {
  const lab = openRendererLab(options);
  labs.push(lab);
  return lab;
};
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const small = () => openImage(paintImage(300, 200)).jpeg().toBuffer();
/** Runs a task in every renderer, so that its start is over. Returns a function that says whether a renderer is busy. */
const warmUp = async ({ pool, taskFor }: RendererLab) => {
  for (const _ of pool.pids()) await pool.render(taskFor(await small()));
  return watchTicks(pool.pids());
};
const watchTicks = (pids: number[]) => {
  const before = new Map(pids.map((pid) => [pid, ticksOf(pid)]));
  return (pid: number) => ticksOf(pid) - (before.get(pid) ?? 0) > 20;
};
const outcomeOf = (rendering: Promise<unknown>) =>
  rendering.then(
    () => 'success',
    (error: unknown) => (error instanceof AppError ? { code: error.code, retryable: error.retryable } : error),
  );

test('a task is rendered, and its thumbnails come back as they were made', async () => {
  const { pool, taskFor } = open();
  const task = taskFor(await small(), {
    thumbnails: [
      { name: 'a', width: 50 },
      { name: 'b', format: 'png' },
    ],
  });
  const { image, thumbnails } = await pool.render(task);
  expect(image).toEqual({ width: 300, height: 200, frames: 1 });
  expect(thumbnails.map(({ spec }) => spec)).toEqual(task.specs);
  for (const { content, bytes, width, height, spec } of thumbnails) {
    expect(content).toHaveLength(bytes);
    expect(await sharp(content).metadata()).toMatchObject({ format: spec.format, width, height });
  }
});

test('the start of a renderer is reported, and is not part of the time of a task', async () => {
  const starts: number[] = [];
  const { pool, taskFor } = open({ size: 1, renderTimeoutMs: 2_500, onStarted: (seconds) => starts.push(seconds) });
  const [pid = 0] = pool.pids();
  process.kill(pid, 'SIGSTOP');
  const rendered = pool.render(taskFor(await small()));
  await Bun.sleep(3_000);
  process.kill(pid, 'SIGCONT');
  await rendered;
  expect(starts).toHaveLength(1);
  expect(starts[0]).toBeGreaterThan(3);
});

test('a task can ask for a renderer that has run no task', async () => {
  const { pool, taskFor } = open();
  await pool.render(taskFor(await small()), { fresh: true });
  const [used] = pool.pids();
  await pool.render(taskFor(await small()));
  expect(pool.pids()).toEqual([used]);
  await pool.render(taskFor(await small()), { fresh: true });
  expect(pool.pids()).not.toEqual([used]);
});

describe('a renderer that is not shared', () => {
  test('by owners serves the tasks of one owner, and no task of another', async () => {
    const { pool, taskFor } = open({ sharing: 'owner', size: 2 });
    const image = await small();
    const renderFor = (owner: string) => pool.render(taskFor(image, {}, owner));
    const [first, second] = pool.pids();
    for (const owner of ['a', 'b', 'a', 'b']) await renderFor(owner);
    expect(pool.pids().slice(0, 2)).toEqual([first, second]);
    await renderFor('c');
    expect(pool.pids()).not.toContain(first);
    expect(pool.pids()).toContain(second);
  });

  test('by tasks serves one task, and its successor has been started before', async () => {
    const { pool, taskFor } = open({ sharing: 'task' });
    const [used, spare] = pool.pids();
    await pool.render(taskFor(await small()));
    expect(pool.pids()).toHaveLength(2);
    expect(pool.pids()[0]).toBe(spare);
    await until(() => !isAlive(used ?? 0));
    await pool.render(taskFor(await small()));
    expect(pool.pids()).not.toContain(spare);
  });

  test('leaves no process behind when the pool is closed', async () => {
    const { pool } = open({ sharing: 'task' });
    const pids = pool.pids();
    await pool.close();
    expect(pids.map(isAlive)).toEqual([false, false]);
  });
});

test('a task that is aborted while its renderer starts fails at once with the reason', async () => {
  const { pool, taskFor } = open({ command: ['sleep', '60'] });
  const reason = new Error('aborted');
  const controller = new AbortController();
  const rendering = pool.render(taskFor(await small()), { signal: controller.signal });
  controller.abort(reason);
  await expect(rendering).rejects.toBe(reason);
});

test('the largest thumbnail, with transparency, fits into the default memory of a renderer', async () => {
  const named = { POSTGRES_HOST: 'db', QUEUE: 'postgres', STORAGE_DIR: '/objects' };
  const { memoryBytes } = loadConfig(workerConfig, named).render;
  const { pool, taskFor } = open({ renderMemoryBytes: memoryBytes });
  const clear = await openImage(paintImage(300, 200)).ensureAlpha(0.5).png().toBuffer();
  const { thumbnails } = await pool.render(taskFor(clear, { width: 4096, height: 4096 }));
  expect(thumbnails).toMatchObject([{ width: 4096, height: 4096 }]);
});

test('the text of an SVG is drawn with real letters', async () => {
  const { pool, taskFor } = open();
  const inkOf = async (letters: string, family: string) => {
    const text = `<text y="30" font-size="24" font-family="${family}">${letters}</text>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">${text}</svg>`;
    const { thumbnails } = await pool.render(taskFor(Buffer.from(svg), { width: 200, format: 'png' }));
    const { channels } = await sharp(thumbnails[0]?.content).stats();
    return channels.at(-1)?.mean ?? 0;
  };
  for (const family of ['sans-serif', 'serif', 'no such family']) {
    expect(await inkOf('WWWWWW', family)).toBeGreaterThan(2 * (await inkOf('iiiiii', family)));
  }
});

test('the environment of a renderer contains nothing of the worker', async () => {
  const { pool, taskFor } = open();
  await pool.render(taskFor(await small()));
  const [pid] = pool.pids();
  const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .map((line) => line.split('=')[0]);
  expect(names.filter((name) => name && !/^(?:MALLOC_|BUN_|FONTCONFIG_FILE)/.test(name))).toEqual([]);
  expect(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim()).toBe('1000');
});

test('a damaged image fails with image_corrupt', async () => {
  const { pool, taskFor } = open();
  const damaged = taskFor((await small()).subarray(0, 900));
  expect(await outcomeOf(pool.render(damaged))).toEqual({ code: 'image_corrupt', retryable: false });
});

test('an original of 20 MB and thumbnails of many megabytes pass through unchanged', async () => {
  const { pool, taskFor } = open();
  const data = randomBytes(2_600 * 2_600 * 3);
  const original = await openImage({ data, width: 2_600, height: 2_600 }).png({ compressionLevel: 0 }).toBuffer();
  const { thumbnails } = await pool.render(taskFor(original, { width: 2_600, format: 'png' }));
  expect(original.byteLength).toBeGreaterThan(20_000_000);
  const decoded = await sharp(thumbnails[0]?.content).removeAlpha().raw().toBuffer();
  expect(decoded.equals(data)).toBe(true);
});

describe('a renderer that crashes', () => {
  test.each(['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const)(
    'by %s fails its task with render_crashed and is replaced',
    async (signal) => {
      const lab = open();
      const { pool, taskFor } = lab;
      const busy = await warmUp(lab);
      const [pid = 0] = pool.pids();
      const rendering = outcomeOf(pool.render(taskFor(slowSvg())));
      await until(() => busy(pid));
      process.kill(pid, signal);
      expect(await rendering).toEqual({ code: 'render_crashed', retryable: true });
      expect(await outcomeOf(pool.render(taskFor(await small())))).toBe('success');
      expect(pool.pids()).not.toContain(pid);
    },
  );

  test('between tasks is replaced before the next task', async () => {
    const { pool, taskFor } = open();
    const task = taskFor(await small());
    await pool.render(task);
    const [pid = 0] = pool.pids();
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
    expect(await outcomeOf(pool.render(task))).toBe('success');
  });

  test('does not affect nine other tasks', async () => {
    const lab = open({ size: 2 });
    const { pool, taskFor } = lab;
    const busy = await warmUp(lab);
    const [pid = 0] = pool.pids();
    const crashing = outcomeOf(pool.render(taskFor(slowSvg())));
    const tasks = await Promise.all(Array.from({ length: 9 }, async () => taskFor(await small(), { width: 120 })));
    const others = Promise.all(tasks.map((task) => outcomeOf(pool.render(task))));
    await until(() => busy(pid));
    process.kill(pid, 'SIGSEGV');
    expect(await crashing).toEqual({ code: 'render_crashed', retryable: true });
    expect(await others).toEqual(Array(9).fill('success'));
  });
});

describe('the limits of a task', () => {
  test('a task that takes too long fails with render_timeout once its renderer has exited', async () => {
    const { pool, taskFor } = open({ renderTimeoutMs: 3_000 });
    const [pid = 0] = pool.pids();
    expect(await outcomeOf(pool.render(taskFor(slowSvg())))).toEqual({
      code: 'render_timeout',
      retryable: false,
    });
    expect(isAlive(pid)).toBe(false);
  });

  test('a task that needs too much memory fails with render_crashed, and its renderer is killed', async () => {
    const { pool, taskFor } = open({ renderMemoryBytes: 180 * 1024 ** 2 });
    const [pid = 0] = pool.pids();
    const hungry = taskFor(plainPng(50_000, 1_000), { width: 4_000, height: 4_000, fit: 'fill' });
    expect(await outcomeOf(pool.render(hungry))).toEqual({ code: 'render_crashed', retryable: true });
    expect(isAlive(pid)).toBe(false);
    expect(await outcomeOf(pool.render(taskFor(await small())))).toBe('success');
  });

  test('a task whose signal is aborted fails with the reason, and its renderer is killed', async () => {
    const lab = open();
    const { pool, taskFor } = lab;
    const busy = await warmUp(lab);
    const [pid = 0] = pool.pids();
    const controller = new AbortController();
    const rendering = outcomeOf(pool.render(taskFor(slowSvg()), { signal: controller.signal }));
    await until(() => busy(pid));
    controller.abort('the lease was lost');
    expect(await rendering).toBe('the lease was lost');
    expect(isAlive(pid)).toBe(false);
  });

  test('a task that is aborted while it waits gives its turn to the next', async () => {
    const lab = open();
    const { pool, taskFor } = lab;
    const busy = await warmUp(lab);
    const [pid = 0] = pool.pids();
    const first = outcomeOf(pool.render(taskFor(slowSvg())));
    const controller = new AbortController();
    const second = outcomeOf(pool.render(taskFor(await small()), { signal: controller.signal }));
    const third = outcomeOf(pool.render(taskFor(await small())));
    await until(() => busy(pid));
    controller.abort('aborted');
    expect(await second).toBe('aborted');
    process.kill(pid, 'SIGKILL');
    expect([await first, await third]).toEqual([{ code: 'render_crashed', retryable: true }, 'success']);
  });
});

describe('a compromised renderer', () => {
  const made = {
    image: { width: 300, height: 200, frames: 1 },
    thumbnails: [
      { name: 'default', width: 100, height: 100, bytes: 0, thumbHash: 'AAAA', dominantColour: '#000000' },
    ] as object[],
  };
  const webp = (width: number, height: number) => openImage(paintImage(width, height)).webp().toBuffer();
  const animation = () =>
    encodeAnimation('webp', { width: 100, height: 100 }, [
      [0, 0, 0],
      [255, 0, 0],
    ]);
  /** An answer with one thumbnail of these bytes. */
  const answer = (content: Uint8Array, claim: object = {}) => ({
    line: { result: { ...made, thumbnails: [{ ...made.thumbnails[0], bytes: content.byteLength, ...claim }] } },
    content,
  });
  const lies: [string, () => Promise<{ line: unknown; content?: Uint8Array }>][] = [
    ['returns HTML as an image', async () => answer(Buffer.from('<script>alert(1)</script>'))],
    ['returns a GIF as a WebP', async () => answer(await openImage(paintImage(100, 100)).gif().toBuffer())],
    ['returns an image of another size', async () => answer(await webp(101, 100))],
    ['returns an animation that was not asked for', async () => answer(await animation())],
    ['returns other bytes after its thumbnails', async () => answer(await webp(100, 100), { bytes: 60 })],
    ['reports a type', async () => answer(await webp(100, 100), { type: 'text/html' })],
    ['reports a key', async () => answer(await webp(100, 100), { key: '../originals/other' })],
    ['names another thumbnail', async () => answer(await webp(100, 100), { name: '../default' })],
    ['reports an invalid size', async () => answer(await webp(100, 100), { width: -1 })],
    [
      'reports a size that the spec does not give',
      async () => answer(await webp(4_000, 1), { width: 4_000, height: 1 }),
    ],
    ['reports more bytes than the pixels can need', async () => answer(await webp(100, 100), { bytes: 1e9 })],
    ['returns too many thumbnails', async () => ({ line: { result: { ...made, thumbnails: [{}, {}] } } })],
    ['sends an unknown message', async () => ({ line: { hello: 'world' } })],
    ['says twice that it is ready', async () => ({ line: { ready: true } })],
    ['sends a line without an end', async () => ({ line: 'x'.repeat(80_000) })],
    ...['render_timeout', 'storage_damaged', 'storage_unavailable', 'original_missing', 'unauthorized'].map(
      (code): (typeof lies)[number] => [
        `reports the error ${code}`,
        async () => ({ line: { failure: { code, message: 'It failed.' } } }),
      ],
    ),
  ];

  test.each(lies)('is killed when it %s', async (_, lie) => {
    const { line, content = new Uint8Array() } = await lie();
    const words = [JSON.stringify(line), Buffer.from(content).toString('base64')];
    const command = [process.execPath, '--no-env-file', pathOf('../../test/lying-renderer.ts'), ...words];
    const { pool, taskFor } = open({ command });
    const [pid = 0] = pool.pids();
    expect(await outcomeOf(pool.render(taskFor(await small())))).toEqual({ code: 'render_crashed', retryable: true });
    expect(isAlive(pid)).toBe(false);
  });

  test('that returns what was asked for is believed', async () => {
    const { line, content } = answer(await webp(100, 100));
    const words = [JSON.stringify(line), Buffer.from(content).toString('base64')];
    const command = [process.execPath, '--no-env-file', pathOf('../../test/lying-renderer.ts'), ...words];
    const { pool, taskFor } = open({ command });
    const { thumbnails } = await pool.render(taskFor(await small()));
    expect(thumbnails[0]?.content.equals(content)).toBe(true);
  });

  test.each([
    ['stdout', 1],
    ['stderr', 2],
  ])('that floods %s is killed before it fills the memory of the worker', async (_, descriptor) => {
    const flood = `const { writeSync } = require('node:fs');
      writeSync(1, '{"ready":true}\\n');
      for (let megabytes = 0; megabytes < 300; megabytes++) writeSync(${descriptor}, 'x'.repeat(1e6));
      setInterval(() => undefined, 1e6);`;
    const command = [process.execPath, '--no-env-file', '-e', flood];
    const { pool, taskFor } = open({ command, renderTimeoutMs: 30_000 });
    const before = process.memoryUsage.rss();
    expect(await outcomeOf(pool.render(taskFor(await small())))).toEqual({ code: 'render_crashed', retryable: true });
    expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
  });

  test('that cannot start fails its task with a retryable internal_error', async () => {
    const { pool, taskFor } = open({ command: ['false'] });
    expect(await outcomeOf(pool.render(taskFor(await small())))).toEqual({ code: 'internal_error', retryable: true });
  });
});

describe('closing the pool', () => {
  test('kills every renderer and fails all running and waiting tasks', async () => {
    const lab = open({ size: 2 });
    const { pool, taskFor } = lab;
    const busy = await warmUp(lab);
    const pids = pool.pids();
    const tasks = [slowSvg(), slowSvg(), slowSvg()].map((original) => taskFor(original));
    const endings = Promise.all(tasks.map((task) => outcomeOf(pool.render(task))));
    await until(() => pids.every(busy));
    await pool.close();
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(await endings).toEqual(Array(3).fill({ code: 'internal_error', retryable: true }));
    expect(await outcomeOf(pool.render(taskFor(await small())))).toEqual({
      code: 'internal_error',
      retryable: true,
    });
  });

  test('happens by itself when the worker is killed: idle and busy renderers exit', async () => {
    const worker = Bun.spawn([process.execPath, '--no-env-file', pathOf('../../test/hold-renderers.ts')], {
      stdout: 'pipe',
      stderr: 'inherit',
    });
    const { value } = await worker.stdout.getReader().read();
    const pids: number[] = JSON.parse(Buffer.from(value ?? []).toString());
    expect(pids).toHaveLength(2);
    const busy = watchTicks(pids);
    await until(() => busy(pids[0] ?? 0));
    worker.kill('SIGKILL');
    await worker.exited;
    await until(() => !pids.some(isAlive));
  });
});

/** Returns the CPU time of a process in ticks of 10 ms. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
