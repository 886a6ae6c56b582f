import { jobErrorCodes } from '@thumbnail-api/errors';
import { parseOptions } from '@thumbnail-api/thumbnail-spec';
import { expect, test } from 'vitest';
import { type RenderOrder, renderFailureCodes } from './messages.ts';
import { parseMessage } from './parse-message.ts';

const order: RenderOrder = {
  bytes: 1,
  specs: parseOptions({ format: 'jpeg' }, {}),
  limits: { maxPixels: 1_000_000, maxOutputPixels: 1_000_000 },
  memoryBytes: 1,
};
const thumbnail = {
  name: 'default',
  width: 100,
  height: 100,
  bytes: 900,
  thumbHash: 'AAAA',
  dominantColour: '#000000',
};
const image = { width: 300, height: 200, frames: 1 };
const parse = (message: object, about: RenderOrder | null = order) => parseMessage(JSON.stringify(message), about);

test('accepts the thumbnails that the order asks for, and adds their specs', () => {
  expect(parse({ result: { image, thumbnails: [thumbnail] } })).toEqual({
    result: { image, thumbnails: [{ ...thumbnail, spec: order.specs[0] }] },
  });
});

test.each([
  ['no thumbnail', []],
  ['one thumbnail too many', [thumbnail, thumbnail]],
  ['another name', [{ ...thumbnail, name: '../default' }]],
  ['a key', [{ ...thumbnail, key: 'originals/other' }]],
  ['a type', [{ ...thumbnail, type: 'text/html' }]],
  ['an invalid size', [{ ...thumbnail, width: 0 }]],
  ['a size that the spec does not give', [{ ...thumbnail, width: 101 }]],
  ['more bytes than its pixels can need', [{ ...thumbnail, bytes: 200_000 }]],
  ['no bytes', [{ ...thumbnail, bytes: 0 }]],
  ['a placeholder that is too long', [{ ...thumbnail, thumbHash: 'AAAA'.repeat(10) }]],
  ['a placeholder that is not base64', [{ ...thumbnail, thumbHash: '<b>' }]],
  ['a colour that is a style', [{ ...thumbnail, dominantColour: 'url(//x)' }]],
])('rejects a result with %s', (_, thumbnails) => {
  expect(() => parse({ result: { image, thumbnails } })).toThrow();
});

test('rejects a thumbnail with more bytes than its spec allows', () => {
  const about = { ...order, specs: parseOptions({ format: 'jpeg', maxBytes: '899' }, {}) };
  expect(() => parse({ result: { image, thumbnails: [thumbnail] } }, about)).toThrow('900 bytes');
});

test.each([
  ['an image above the limit', { width: 1_001, height: 1_000, frames: 1 }],
  ['frames above the limit', { width: 300, height: 200, frames: 17 }],
  ['an image without pixels', { width: 0, height: 200, frames: 1 }],
])('rejects %s', (_, claimed) => {
  expect(() => parse({ result: { image: claimed, thumbnails: [thumbnail] } })).toThrow();
});

test('rejects thumbnails with more pixels in all than the limit', () => {
  const limits = { maxPixels: 1_000_000, maxOutputPixels: 9_999 };
  expect(() => parse({ result: { image, thumbnails: [thumbnail] } }, { ...order, limits })).toThrow('too large');
});

test('accepts the error codes that a renderer can find, and no other', () => {
  const accepted = jobErrorCodes.filter((code) => {
    try {
      return 'failure' in parse({ failure: { code, message: 'It failed.' } });
    } catch {
      return false;
    }
  });
  expect(accepted.toSorted()).toEqual([...renderFailureCodes].toSorted());
});

test.each(['two\nlines', 'a right-to-left \u202e override', '', 'x'.repeat(501)])(
  'rejects the message %j',
  (message) => {
    expect(() => parse({ failure: { code: 'image_corrupt', message } })).toThrow();
  },
);

test('rejects an answer without a task', () => {
  expect(parse({ ready: true }, null)).toEqual({ ready: true });
  expect(() => parse({ result: { image, thumbnails: [thumbnail] } }, null)).toThrow('without a task');
});
