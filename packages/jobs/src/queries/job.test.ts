import type { ImageRow, JobRow, ThumbnailRow } from '@thumbnail-api/db';
import { expect, test } from 'vitest';
import { toJob } from './job.ts';

const id = '0199f0c2-0000-7000-8000-000000000000';
const now = new Date('2026-11-20T12:00:00.000Z');
const spec = {
  name: 'default',
  width: 100,
  height: 100,
  fit: 'cover',
  position: 'centre',
  format: 'webp',
  quality: null,
  maxBytes: null,
  background: null,
  enlarge: true,
  animated: false,
};
const timings = { queuedMs: 4, fetchMs: 6, renderMs: 31, storeMs: 5 };
/** A value as it comes from the database: another version may have written it. */
const stored = <T>(value: unknown) => value as T;

const image: ImageRow = {
  id,
  owner: 'everybody',
  filename: 'cat.jpg',
  type: 'image/jpeg',
  width: 400,
  height: 300,
  frames: 1,
  bytes: 1,
  sha256: 'a'.repeat(64),
  createdAt: now,
  checksum: null,
  deleteAfter: null,
  deletedAt: null,
};
/** The columns that are parsed, and one of the others. */
const row = stored<JobRow>({
  id,
  imageId: id,
  status: 'success',
  specs: [spec],
  errorCode: null,
  errorMessage: null,
  timings,
});
const thumbnail: ThumbnailRow = {
  jobId: id,
  position: 0,
  name: 'default',
  key: `thumbnails/${id}/default-aaaaaaaaaaaaaaaa.webp`,
  type: 'image/webp',
  width: 100,
  height: 100,
  bytes: 1,
  sha256: 'a'.repeat(64),
  thumbHash: 'AA==',
  dominantColour: '#000000',
  spec,
};
test('a row of this version is given back as it was written', () => {
  expect(toJob(row, image, [thumbnail])).toMatchObject({
    id,
    status: 'success',
    specs: [spec],
    thumbnails: [thumbnail],
    timings,
    error: null,
  });
});

test('specs that an older version wrote get the defaults of the fields that it did not know', () => {
  const older = stored<JobRow['specs'][number]>({ name: 'small', width: 64, height: 64, format: 'png' });
  const job = toJob({ ...row, specs: [older] }, image, [{ ...thumbnail, spec: older }]);
  const filled = { ...spec, name: 'small', width: 64, height: 64, format: 'png' };
  expect([job.specs, job.thumbnails.map((each) => each.spec)]).toEqual([[filled], [filled]]);
});

test('an error code that this version does not know reads as internal_error', () => {
  const failed: JobRow = { ...row, status: 'error', errorCode: 'image_cursed', errorMessage: null };
  expect(toJob(failed, image, []).error).toEqual({ code: 'internal_error', message: '' });
});

test('an error code that this version knows is kept', () => {
  const failed: JobRow = { ...row, status: 'error', errorCode: 'image_corrupt', errorMessage: 'No.' };
  expect(toJob(failed, image, []).error).toEqual({ code: 'image_corrupt', message: 'No.' });
});

test('timings that an older version did not measure read as 0, and unknown ones are dropped', () => {
  const older = stored<JobRow['timings']>({ queuedMs: 4, renderMs: 31, scanMs: 9 });
  expect(toJob({ ...row, timings: older }, image, []).timings).toEqual({
    queuedMs: 4,
    fetchMs: 0,
    renderMs: 31,
    storeMs: 0,
  });
});

test('timings that cannot be read at all are null', () => {
  expect(toJob({ ...row, timings: stored<JobRow['timings']>('fast') }, image, []).timings).toBeNull();
});
