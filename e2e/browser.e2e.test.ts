import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { drawQuarters } from './images.ts';
import { type Service, startService } from './start-service.ts';

const executablePath = inject('services').chromium ?? '';
const noBackgroundTraffic = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
];
const jobSchema = z.object({
  status: z.string(),
  thumbnails: z.array(z.object({ type: z.string(), width: z.number(), height: z.number() })),
});

describe.skipIf(executablePath === '')('in Chromium', () => {
  let service: Service;
  let directory: string;
  let browser: BrowserContext;
  let page: Page;
  /** Console messages, page errors, and requests to other hosts. */
  let complaints: string[];
  beforeAll(async () => {
    service = await startService({});
    directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-browser-'));
    await Bun.write(join(directory, 'quarters.jpg'), await drawQuarters(300, 200));
    browser = await chromium.launchPersistentContext(join(directory, 'profile'), {
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-sync', ...noBackgroundTraffic],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    complaints = [];
    page = await browser.newPage();
    page.on('console', (message) => {
      complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => {
      if (!request.url().startsWith(service.url) && !request.url().startsWith('data:')) complaints.push(request.url());
    });
  });

  const openForm = async (): Promise<Locator> => {
    await page.goto(`${service.url}swagger`);
    const form = page.locator('#operations-Jobs-createJob');
    await form.locator('.opblock-summary-control').click();
    await form.locator('.try-out__btn').click();
    return form;
  };
  /** Sends the form and reads the response that the page shows. */
  const execute = async (form: Locator) => {
    await form.locator('button.execute').click();
    const response = form.locator('.live-responses-table tr.response');
    const status = await response.locator('.response-col_status').textContent();
    const body = await response.locator('.highlight-code code').first().textContent();
    return { status: status?.trim(), job: jobSchema.parse(JSON.parse(body ?? '')) };
  };

  test('the entry point shows every operation and loads nothing from another host', async () => {
    await page.goto(service.url);
    await page.locator('.opblock').first().waitFor();
    const document = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(await (await fetch(`${service.url}docs`)).json());
    const operations = Object.values(document.paths).flatMap((methods) => Object.keys(methods));
    expect(await page.locator('.opblock').count()).toBe(operations.length);
    expect(complaints).toEqual([]);
  });

  test('the form starts empty, and sends a file with the options that are filled in', async () => {
    const form = await openForm();
    const fields = form.locator('tr[data-property-name] :is(input, select)');
    expect(await fields.evaluateAll((all) => all.map((field) => ('value' in field ? field.value : '')))).toEqual(
      Array.from({ length: await fields.count() }, () => ''),
    );
    await form.locator('tr[data-property-name=file] input').setInputFiles(join(directory, 'quarters.jpg'));
    await form.locator('tr[data-property-name=width] input').fill('60');
    await form.locator('tr[data-property-name=format] select').selectOption('png');
    const { status, job } = await execute(form);
    expect(status).toBe('201');
    expect(job).toMatchObject({ status: 'success', thumbnails: [{ type: 'image/png', width: 60, height: 40 }] });
    expect(complaints).toEqual([]);
  });

  test('sends the raw bytes of an image with the options in the query', async () => {
    const form = await openForm();
    await form.locator('select[aria-label="Request content type"]').selectOption('image/jpeg');
    await form.locator('input[type=file]').setInputFiles(join(directory, 'quarters.jpg'));
    await form.locator('tr[data-param-name=height] input').fill('50');
    const { status, job } = await execute(form);
    expect(status).toBe('201');
    expect(job).toMatchObject({ status: 'success', thumbnails: [{ type: 'image/webp', width: 75, height: 50 }] });
    expect(complaints).toEqual([]);
  });
});
