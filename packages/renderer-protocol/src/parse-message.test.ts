import { jobErrorCodes } from '@thumbnail-api/errors';
import { imageMediaTypes } from '@thumbnail-api/image-probe';
import { thumbnailKey } from '@thumbnail-api/storage';
import { parseOptions } from '@thumbnail-api/thumbnail-spec';
import { expect, test } from 'vitest';
import type { RenderTask } from './messages.ts';
import { parseMessage } from './parse-message.ts';

const task: RenderTask = {
  jobId: '0199f0c2-0000-7000-8000-000000000000',
  originalKey: 'originals/0199f0c2-0000-7000-8000-000000000001',
  originalContent: { bytes: 1, sha256: 'b'.repeat(64), checksum: null },
  specs: parseOptions({ format: 'jpeg' }, {}),
  limits: { types: imageMediaTypes, maxPixels: 1_000_000, maxOutputPixels: 1_000_000 },
};
const sha256 = 'a'.repeat(64);
const thumbnail = {
  name: 'default',
  key: thumbnailKey(task.jobId, 'default', sha256, 'jpg'),
  type: 'image/jpeg',
  width: 100,
  height: 100,
  bytes: 900,
  sha256,
  thumbHash: 'AAAA',
  dominantColour: '#000000',
  spec: { name: 'another' },
};
const resultOf = (thumbnails: object[]) => ({
  result: {
    image: { width: 300, height: 200, frames: 1 },
    thumbnails,
    timings: { fetchMs: 1, renderMs: 2.5, storeMs: 0 },
  },
});

test('accepts the thumbnails that the task asks for, with the specs of the task', () => {
  const { result } = resultOf([{ ...thumbnail, spec: task.specs[0] }]);
  expect(parseMessage(resultOf([thumbnail]), task)).toEqual({ result });
});

test.each([
  ['no thumbnail', []],
  ['one thumbnail too many', [thumbnail, thumbnail]],
  ['another name', [{ ...thumbnail, name: 'other' }]],
  ['the key of another job', [{ ...thumbnail, key: thumbnailKey('other', 'default', sha256, 'jpg') }]],
  ['a key with another extension', [{ ...thumbnail, key: thumbnailKey(task.jobId, 'default', sha256, 'webp') }]],
  ['another media type', [{ ...thumbnail, type: 'text/html' }]],
  ['an invalid size', [{ ...thumbnail, width: 0 }]],
  ['an unknown field', [{ ...thumbnail, more: 1 }]],
])('rejects a result with %s', (_, thumbnails) => {
  expect(() => parseMessage(resultOf(thumbnails), task)).toThrow();
});

test('accepts every error code of a job but the two that only a worker can find', () => {
  const accepted = jobErrorCodes.filter((code) => {
    const failure = { code, message: 'It failed.', retryable: false };
    try {
      return 'failure' in parseMessage({ failure }, task);
    } catch {
      return false;
    }
  });
  const own = ['render_timeout', 'render_crashed'];
  expect(accepted).toEqual(jobErrorCodes.filter((code) => !own.includes(code)));
});

test('rejects an answer without a task', () => {
  expect(parseMessage({ ready: true }, null)).toEqual({ ready: true });
  expect(() => parseMessage(resultOf([thumbnail]), null)).toThrow('without a task');
});
