import { createKey } from '@thumbnail-api/api-keys';
import { claimJob, failJob } from '@thumbnail-api/jobs';
import { drawQuarters } from '@thumbnail-api/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { actionSchema } from '../src/http/actions.ts';
import { type Paths, paths } from '../src/http/paths.ts';
import { endJob } from './end-job.ts';
import { openTestApi } from './open-test-api.ts';
import { readOperations } from './operations.ts';
import { readEvents } from './read-events.ts';
import { bearer, keyed } from './test-keys.ts';

const resourceSchema = z.looseObject({
  id: z.string().default(''),
  status: z.string().optional(),
  actions: z.array(actionSchema),
});
const batchSchema = resourceSchema.extend({ jobs: z.array(resourceSchema) });
type Resource = z.output<typeof resourceSchema>;

const linkTo = (page: Response, rel: string): string =>
  new RegExp(`<([^>]+)>; rel="${rel}"`).exec(page.headers.get('link') ?? '')?.[1] ?? '';

/** Other paths: every word is changed, the parameters are kept. */
const renamed = Object.fromEntries(
  Object.entries(paths).map(([name, path]) => [
    name,
    name === 'entryPoint'
      ? path
      : `/v7${path.replace(/\/([\w-]+)/g, (_, word: string) => `/${[...word].reverse().join('')}-x`)}`,
  ]),
) as Paths;

const none = { auth: 'none' as const, linkSecrets: [] };

const hrefOf = (resource: Resource | undefined, action: string): string =>
  resource?.actions.find(({ name }) => name === action)?.href ?? '';

test.each([
  { name: 'under the usual paths', used: paths, access: none, shares: 0 },
  { name: 'under other paths', used: renamed, access: none, shares: 0 },
  { name: 'with a key', used: paths, access: keyed, shares: 3 },
  { name: 'with a key, under other paths', used: renamed, access: keyed, shares: 3 },
])('a client that knows only / can do everything by following actions, $name', async ({ used, access, shares }) => {
  const api = await openTestApi({ paths: used, config: { access } });
  const { key } = await createKey(api.deps, { name: 'client', scope: 'write' });
  const seen = new Set<string>();
  const open = (href: string, init?: RequestInit) => api.request(href.replace('http://localhost', ''), init);
  const visit = (href: string, init: RequestInit = {}) =>
    open(href, { ...init, headers: { ...bearer(key), ...(init.headers as Record<string, string>) } });
  const read = async (response: Response | Promise<Response>): Promise<Resource> => {
    const resource = resourceSchema.parse(await (await response).json());
    for (const { name } of resource.actions) seen.add(name);
    return resource;
  };
  const follow = async (resource: Resource | undefined, name: string, init: RequestInit = {}): Promise<Response> => {
    const action = resource?.actions.find((offered) => offered.name === name);
    expect(action, `${name} is offered`).toBeDefined();
    const response = await visit(action?.href ?? '', { method: action?.method ?? 'GET', ...init });
    expect([name, response.ok]).toEqual([name, true]);
    const isGet = action?.method === 'GET';
    expect(isGet && response.headers.get('content-type')?.split(';')[0]).toBe(isGet && action?.type);
    return response;
  };
  const png = new Blob([await drawQuarters(20, 20)]);
  const form = (files: number, options: Record<string, string> = {}) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(options)) body.append(name, value);
    for (let count = 0; count < files; count += 1) body.append('file', png, `${count}.png`);
    return { body };
  };

  const start = await read(visit('/'));
  const thumbnails = '[{"name":"small","width":8},{"name":"large","width":16}]';
  const created = await read(follow(start, 'Create Job', form(1, { thumbnails })));
  const events = readEvents(await follow(created, 'Watch Progress'));
  await endJob(api.deps, created.id);
  const sent: string[] = [];
  for await (const { event } of events) sent.push(event);
  expect(sent.at(-1)).toBe('end');

  const done = await read(follow(created, 'View Details'));
  for (const name of ['Download', 'Download small', 'Download large', 'View Original']) {
    expect((await (await follow(done, name)).arrayBuffer()).byteLength).toBeGreaterThan(0);
  }
  const shared = done.actions.filter(({ name }) => name.startsWith('Share'));
  expect(shared).toHaveLength(shares);
  for (const { name, href, type } of shared) {
    const bytes = await (await follow(done, name)).arrayBuffer();
    const response = await open(href);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect(await response.arrayBuffer()).toEqual(bytes);
  }
  const image = await read(follow(done, 'View Image'));
  expect(await (await follow(image, 'List Jobs')).json()).toHaveLength(1);
  expect((await (await follow(image, 'View Original')).arrayBuffer()).byteLength).toBe(png.size);
  const json = { headers: { 'content-type': 'application/json' }, body: '{"width":50}' };
  const added = await read(follow(image, 'Add Thumbnail', json));
  await read(follow(done, 'Add Thumbnail', json));

  const run = await claimJob(api.deps, added.id);
  const crash = { code: 'render_crashed', message: 'It crashed.', retryable: false } as const;
  await failJob(api.deps, { id: added.id, run: run?.run ?? 0, tries: 0, crashes: 1 }, crash);
  const failed = await read(follow(added, 'View Details'));
  expect((await read(follow(failed, 'Retry'))).status).toBe('uploaded');
  await failJob(
    api.deps,
    { id: added.id, run: (await claimJob(api.deps, added.id))?.run ?? 0, tries: 0, crashes: 1 },
    crash,
  );
  expect(await (await follow(failed, 'Retry All')).json()).toMatchObject({ retried: 1 });
  const again = await read(follow(failed, 'View Details'));
  const ends = readEvents(await follow(again, 'Watch Progress'));
  await endJob(api.deps, again.id);
  const last: unknown[] = [];
  for await (const { event, data } of ends) last.push(event, data);
  const finished = await read(Response.json(last.at(-1)));
  expect((await (await follow(finished, 'Download')).arrayBuffer()).byteLength).toBeGreaterThan(0);
  await follow(added, 'Delete');
  await follow(await read(follow(image, 'View Details')), 'Delete');
  expect((await visit(created.actions[0]?.href ?? '')).status).toBe(404);

  const batch = batchSchema.parse(await (await follow(start, 'Create Batch', form(3))).json());
  const progress = readEvents(await follow(batch, 'Watch Progress'));
  for (const { id } of batch.jobs) await endJob(api.deps, id);
  const received: string[] = [];
  for await (const { event } of progress) received.push(event);
  expect(received).toEqual(['job', 'job', 'job', 'end']);
  const whole = batchSchema.parse(await (await follow(batch, 'View Details')).json());
  for (const { name } of whole.actions) seen.add(name);
  expect((await (await follow(whole, 'Download All')).arrayBuffer()).byteLength).toBeGreaterThan(0);

  const bytes = await png.arrayBuffer();
  const headers = { 'content-type': 'image/png', 'idempotency-key': 'once', prefer: 'wait=1' };
  const raw = await follow(start, 'Create Job', { headers, body: bytes });
  expect(raw.headers.get('preference-applied')).toBe('wait=1');
  const kept = await read(visit(raw.headers.get('location') ?? ''));
  expect((await read(follow(start, 'Create Job', { headers, body: bytes }))).id).toBe(kept.id);
  await follow(kept, 'Delete');

  const [held] = whole.jobs;
  const original = await follow(held, 'View Original', { headers: { range: 'bytes=0-3' } });
  expect([original.status, (await original.arrayBuffer()).byteLength]).toEqual([206, 4]);
  const known = { headers: { 'if-none-match': original.headers.get('etag') ?? '' } };
  expect((await visit(hrefOf(held, 'View Original'), known)).status).toBe(304);

  const list = await follow(start, 'List Jobs');
  expect(await list.json()).toHaveLength(3);
  const page = await visit(`${hrefOf(start, 'List Jobs')}?limit=2`);
  const newest = await page.json();
  expect(newest).toHaveLength(2);
  const rest = await visit(linkTo(page, 'next'));
  expect([await rest.json(), linkTo(rest, 'next')]).toEqual([[expect.anything()], '']);
  expect(await (await visit(linkTo(rest, 'prev'))).json()).toEqual(newest);
  const documentation = await (await follow(start, 'API Documentation')).text();
  for (const [, href] of documentation.matchAll(/(?:src|href)="(http[^"]+)"/g))
    expect((await visit(href ?? '')).status).toBe(200);

  const problem = z.object({ type: z.string() }).parse(await (await visit('/nowhere')).json());
  expect(await (await visit(problem.type)).text()).toContain('not_found');
  await api.close();

  const links = new Set((await readOperations()).flatMap((operation) => operation.links));
  const linkName = (name: string) => name.replace(/^(Download|Share) (?!All$).*/, '$1 Named').replaceAll(' ', '');
  // A page for people: OpenAPI has no operation for it.
  const forPeople = 'API Documentation';
  for (const name of seen) expect([...links, linkName(forPeople)]).toContain(linkName(name));
});
