import { expect, test } from 'vitest';
import { renderJobMessage } from './render-job-message.ts';

const jobId = '0199f0c2-0000-7000-8000-000000000000';
const isRead = (payload: unknown) => renderJobMessage.payload.safeParse(payload).success;

test('a message carries the id of a job and nothing else, so a forged one can only wake a worker', () => {
  expect(isRead({ jobId })).toBe(true);
  expect(isRead({ jobId, specs: [{ width: 1 }] })).toBe(false);
  expect(isRead({ jobId, originalKey: 'originals/x' })).toBe(false);
});

test.each([
  [null],
  [undefined],
  [jobId],
  [[jobId]],
  [{}],
  [{ jobId: '' }],
  [{ jobId: '../originals/x' }],
  [{ jobId: "' or 1=1 --" }],
  [{ jobId: { toString: 1 } }],
  [{ jobId: [jobId] }],
  [{ jobId: 7 }],
])('a message with the payload %j is not handled', (payload) => {
  expect(isRead(payload)).toBe(false);
});

test('the id of a message names a job or nothing', () => {
  expect(renderJobMessage.recover(`${jobId}-3`)).toEqual({ jobId });
  expect(renderJobMessage.recover('../originals/x')).toBeUndefined();
  expect(renderJobMessage.recover('')).toBeUndefined();
});
