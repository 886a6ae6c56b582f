import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page, type Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { type Job, openClient } from './client.ts';
import { drawQuarters } from './images.ts';
import { type Service, startService } from './start-service.ts';

const executablePath = inject('services').chromium ?? '';
const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'];

/** An image that a page can send, as an expression of the browser. */
const image = `new File(
  [Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='), (c) => c.charCodeAt(0))],
  'a.png', { type: 'image/png' })`;
const form = `(() => { const form = new FormData(); form.append('file', ${image}); return form; })()`;

/** What a page can do to send an upload without the permission of the API. */
const uploads = {
  'a form': (url: string) => `(() => {
    document.body.innerHTML = '<form method="post" enctype="multipart/form-data"><input type="file" name="file"></form>';
    const transfer = new DataTransfer();
    transfer.items.add(${image});
    document.querySelector('input').files = transfer.files;
    document.querySelector('form').action = '${url}jobs';
    document.querySelector('form').submit();
  })()`,
  'fetch without CORS': (url: string) =>
    `void fetch('${url}jobs', { method: 'POST', mode: 'no-cors', body: ${form} }).catch(() => undefined)`,
  'a beacon': (url: string) => `void navigator.sendBeacon('${url}jobs', ${form})`,
};

describe.skipIf(executablePath === '')('a hostile page in Chromium', () => {
  let service: Service;
  let hostile: ReturnType<typeof Bun.serve>;
  let directory: string;
  let browser: BrowserContext;
  let page: Page;
  let job: Job;
  beforeAll(async () => {
    service = await startService({ ALLOWED_HOSTS: 'thumbnails.test' });
    job = await openClient(service.url).run(await drawQuarters(64, 64));
    hostile = Bun.serve({
      port: 0,
      fetch: () => new Response('<!doctype html><body></body>', { headers: { 'content-type': 'text/html' } }),
    });
    directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-hostile-page-'));
    browser = await chromium.launchPersistentContext(directory, {
      executablePath,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP *.test 127.0.0.1', ...quiet],
        // Newer browsers ask the user before a page may reach a local address; older ones and those of phones do not.
        '--disable-features=LocalNetworkAccessChecks',
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await hostile?.stop(true);
    await service?.stop();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    page = await browser.newPage();
  });
  afterEach(() => page.close());

  const countJobs = async () => z.array(z.unknown()).parse(await (await fetch(`${service.url}jobs`)).json()).length;
  const portOf = (url: string) => new URL(url).port;
  /** The places from which another page can come: another port of the same host, another host, and no origin at all. */
  const places = {
    'another port': () => page.goto(`http://127.0.0.1:${hostile.port}/`),
    'another host': () => page.goto(`http://evil.test:${hostile.port}/`),
    'a document without an origin': async () => {
      await page.goto(`http://127.0.0.1:${hostile.port}/`);
      await page.evaluate(`(async () => {
        const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts allow-forms';
        frame.srcdoc = '<!doctype html><body></body>';
        const loaded = new Promise((resolve) => { frame.onload = resolve; });
        document.body.append(frame);
        await loaded;
      })()`);
    },
  };
  /** The innermost frame runs the scripts. */
  const run = (script: string) => page.frames().at(-1)?.evaluate(script);

  describe.each(Object.entries(places))('on %s', (_place, open) => {
    test.each(Object.entries(uploads))('cannot upload with %s', async (_name, attack) => {
      const before = await countJobs();
      await open();
      // A response that the browser keeps from the page counts as a failed request.
      const isUpload = (request: Request) => request.method() === 'POST';
      const answered = Promise.race([
        page.waitForEvent('requestfinished', isUpload),
        page.waitForEvent('requestfailed', isUpload),
      ]);
      await run(attack(service.url));
      await answered;
      expect(await countJobs()).toBe(before);
    });

    test('cannot read, delete or watch a job', async () => {
      await open();
      const tried = await run(`(async () => {
        const url = '${service.url}jobs/${job.id}';
        const read = await fetch(url).then((response) => response.text()).catch(() => 'failed');
        const remove = await fetch(url, { method: 'DELETE' }).then((response) => response.status).catch(() => 'failed');
        const source = new EventSource(url + '/events');
        const watch = await new Promise((resolve) => {
          source.onerror = () => resolve('failed');
          source.onmessage = ({ data }) => resolve(data);
        });
        source.close();
        const socket = await new Promise((resolve) => {
          const socket = new WebSocket(url.replace('http', 'ws'));
          socket.onerror = () => resolve('failed');
          socket.onopen = () => resolve('open');
        });
        return { read, remove, watch, socket };
      })()`);
      expect(tried).toEqual({ read: 'failed', remove: 'failed', watch: 'failed', socket: 'failed' });
      expect((await fetch(`${service.url}jobs/${job.id}`)).status).toBe(200);
    });

    test('cannot load an original or JSON as a part of itself, but may show a thumbnail whose address it knows', async () => {
      await open();
      const load = (tag: string, path: string) =>
        run(`new Promise((resolve) => {
          const element = document.createElement('${tag}');
          element.onload = () => resolve('loaded');
          element.onerror = () => resolve('failed');
          element.src = '${service.url}${path}';
          document.body.append(element);
        })`);
      expect(await load('img', `jobs/${job.id}/original`)).toBe('failed');
      expect(await load('script', `jobs/${job.id}`)).toBe('failed');
      expect(await load('script', 'jobs')).toBe('failed');
      expect(await load('img', `jobs/${job.id}/download`)).toBe('loaded');
    });
  });

  test('cannot read, delete or create after its name was bound to the address of the API', async () => {
    const before = await countJobs();
    const rebound = `http://evil.test:${portOf(service.url)}/`;
    // The page was loaded before the name was bound to the API, so it has the origin of the API's address now.
    await page.route(`${rebound}page`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><body></body>' }),
    );
    await page.goto(`${rebound}page`);
    const statuses = await page.evaluate(`(async () => {
      const send = async (path, init) => (await fetch(path, init)).status;
      return {
        list: await send('/jobs'),
        job: await send('/jobs/${job.id}'),
        thumbnail: await send('/jobs/${job.id}/download'),
        remove: await send('/jobs/${job.id}', { method: 'DELETE' }),
        create: await send('/jobs', { method: 'POST', body: ${form} }),
        disguised: await send('/jobs', { headers: { 'x-forwarded-host': 'localhost', forwarded: 'host=localhost' } }),
      };
    })()`);
    expect(new Set(Object.values(z.record(z.string(), z.number()).parse(statuses)))).toEqual(new Set([403]));
    expect((await fetch(`${service.url}jobs/${job.id}`)).status).toBe(200);
    expect(await countJobs()).toBe(before);
  });

  test('may link to the API: a user who follows the link sees the page or the thumbnail', async () => {
    await page.goto(`http://evil.test:${hostile.port}/`);
    const follow = async (path: string) => {
      const answered = page.waitForResponse(`${service.url}${path}`);
      await page.evaluate(`location.href = '${service.url}${path}'`);
      return (await answered).status();
    };
    expect(await follow('')).toBe(200);
    await page.locator('.opblock').first().waitFor();
    await page.goto(`http://evil.test:${hostile.port}/`);
    expect(await follow(`jobs/${job.id}/download`)).toBe(200);
  });

  test('the form of the API works under an allowed name, where the browser sends no Sec-Fetch-Site', async () => {
    await page.goto(`http://thumbnails.test:${portOf(service.url)}/swagger`);
    const operation = page.locator('#operations-Jobs-createJob');
    await operation.locator('.opblock-summary-control').click();
    await operation.locator('.try-out__btn').click();
    const file = { name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(await drawQuarters(60, 40)) };
    await operation.locator('tr[data-property-name=file] input').setInputFiles(file);
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await operation.locator('button.execute').click();
    const headers = await (await sent).allHeaders();
    expect([headers.origin, headers['sec-fetch-site']]).toEqual([new URL(page.url()).origin, undefined]);
    const status = operation.locator('.live-responses-table tr.response .response-col_status');
    expect((await status.textContent())?.trim()).toBe('201');
  });
});
