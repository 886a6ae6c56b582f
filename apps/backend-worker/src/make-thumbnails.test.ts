import { AppError } from '@thumbnail-api/errors';
import { parseJsonOptions } from '@thumbnail-api/thumbnail-spec';
import { afterEach, expect, test, vi } from 'vitest';
import { makeThumbnails, type ThumbnailDeps } from './make-thumbnails.ts';

const original = Buffer.from('an image');
const content = {
  bytes: original.length,
  sha256: new Bun.CryptoHasher('sha256').update(original).digest('hex'),
  checksum: Bun.hash.crc32(original).toString(16).padStart(8, '0'),
};
const thumbnails = [{ name: 'one' }, { name: 'other', format: 'jpeg' }];
const job = {
  id: 'job',
  owner: 'owner',
  crashes: 0,
  specs: parseJsonOptions({ thumbnails }, {}),
  image: { id: 'image', ...content },
};
const bytesOf = (name: string) => Buffer.from(`thumbnail ${name}`);
/** A renderer that makes a few bytes for each spec. */
const render: ThumbnailDeps['renderers']['render'] = async ({ specs }) => ({
  image: { width: 60, height: 40, frames: 1 },
  thumbnails: specs.map((spec) => {
    const made = bytesOf(spec.name);
    const placeholder = { thumbHash: 'AAAA', dominantColour: '#000000' };
    return { name: spec.name, width: 100, height: 100, bytes: made.length, ...placeholder, spec, content: made };
  }),
});
const depsWith = (store: Partial<ThumbnailDeps['store']>, renderers: ThumbnailDeps['renderers'] = { render }) => ({
  store: { read: readAs(original), put: async () => undefined, ...store },
  renderers,
  limits: { maxPixels: 50_000_000, maxOutputPixels: 32_000_000 },
  renderTimeoutMs: 10_000,
});
const readAs = (bytes: Uint8Array) => async () => Buffer.from(bytes);
const fail = () =>
  Promise.reject(new AppError('storage_unavailable', 'The store is unavailable.', { retryable: true }));
const { signal } = new AbortController();
afterEach(() => {
  vi.useRealTimers();
});

test('thumbnails are stored under keys and types that follow from the job, its specs and their bytes', async () => {
  const stored: unknown[] = [];
  const put = async (...given: unknown[]) => void stored.push(given.slice(0, 3));
  const made = await makeThumbnails(depsWith({ put }), job, signal);
  const sha256Of = (name: string) => new Bun.CryptoHasher('sha256').update(bytesOf(name)).digest('hex');
  const keyOf = (name: string, extension: string) =>
    `thumbnails/job/${name}-${sha256Of(name).slice(0, 16)}.${extension}`;
  expect(stored).toEqual([
    [keyOf('one', 'webp'), bytesOf('one'), 'image/webp'],
    [keyOf('other', 'jpg'), bytesOf('other'), 'image/jpeg'],
  ]);
  expect(made.thumbnails).toMatchObject([
    { name: 'one', key: keyOf('one', 'webp'), type: 'image/webp', bytes: 13, sha256: sha256Of('one') },
    { name: 'other', key: keyOf('other', 'jpg'), type: 'image/jpeg', bytes: 15, sha256: sha256Of('other') },
  ]);
  expect(made.thumbnails[0]).not.toHaveProperty('content');
});

test('a renderer gets the bytes, the specs and the owner, and nothing of the store', async () => {
  const tasks: unknown[] = [];
  const recording: ThumbnailDeps['renderers']['render'] = (task, options) => {
    tasks.push([task, options?.fresh]);
    return render(task);
  };
  const deps = depsWith({}, { render: recording });
  await makeThumbnails(deps, job, signal);
  await makeThumbnails(deps, { ...job, crashes: 1 }, signal);
  const task = { jobId: 'job', owner: 'owner', original, specs: job.specs, limits: deps.limits };
  expect(tasks).toEqual([
    [task, false],
    [task, true],
  ]);
});

test.each([
  ['an original is missing', async () => null, 'original_missing'],
  ['the store fails to read', fail, 'storage_unavailable'],
])('fails with a retryable error if %s', async (_, read, code) => {
  await expect(makeThumbnails(depsWith({ read }), job, signal)).rejects.toMatchObject({ code, retryable: true });
});

test('fails with storage_unavailable if the store rejects a thumbnail', async () => {
  await expect(makeThumbnails(depsWith({ put: fail }), job, signal)).rejects.toMatchObject({
    code: 'storage_unavailable',
  });
});

test.each([
  ['has a flipped byte', original.map((byte, at) => (at === 2 ? byte ^ 1 : byte))],
  ['is truncated', original.subarray(0, -1)],
  ['is longer', Buffer.concat([original, original])],
  ['is another image', Buffer.from('no image')],
])('no renderer gets an original that %s, with or without a recorded checksum: storage_damaged', async (_, stored) => {
  const unused = { render: () => Promise.reject(new Error('a renderer was used')) };
  for (const checksum of [content.checksum, null]) {
    const making = makeThumbnails(
      depsWith({ read: readAs(stored) }, unused),
      { ...job, image: { ...job.image, checksum } },
      signal,
    );
    await expect(making).rejects.toMatchObject({ code: 'storage_damaged', retryable: false });
  }
});

test('returns the checksum of an original that has none recorded', async () => {
  expect(await makeThumbnails(depsWith({}), job, signal)).toMatchObject({ checksum: undefined });
  const unknown = { ...job, image: { ...job.image, checksum: null } };
  expect(await makeThumbnails(depsWith({}), unknown, signal)).toMatchObject({ checksum: content.checksum });
});

test.each(['read', 'put'] as const)(
  "a %s may take two fifths of a renderer's time; then it is aborted",
  async (call) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const called = Promise.withResolvers<AbortSignal>();
    const hang = (...given: unknown[]) => {
      called.resolve((given.at(-1) as { signal: AbortSignal }).signal);
      return new Promise<never>(() => undefined);
    };
    const failures: unknown[] = [];
    const making = makeThumbnails(depsWith({ [call]: hang }), { ...job, specs: job.specs.slice(0, 1) }, signal);
    const failing = making.catch((error) => failures.push(error));
    const passed = await called.promise;
    await vi.advanceTimersByTimeAsync(3_999);
    expect([failures, passed.aborted]).toEqual([[], false]);
    await vi.advanceTimersByTimeAsync(1);
    await failing;
    expect(failures).toMatchObject([{ code: 'storage_unavailable', retryable: true }]);
    expect(passed.aborted).toBe(true);
  },
);

test.each(['read', 'put'] as const)('a %s ends with the reason of the signal', async (call) => {
  const controller = new AbortController();
  const stop = (...given: unknown[]) => {
    controller.abort('the lease was lost');
    return Promise.reject((given.at(-1) as { signal: AbortSignal }).signal.reason);
  };
  await expect(makeThumbnails(depsWith({ [call]: stop }), job, controller.signal)).rejects.toBe('the lease was lost');
});
