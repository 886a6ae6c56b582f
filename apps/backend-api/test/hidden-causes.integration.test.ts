import { AppError } from '@thumbnail-api/errors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApi, type TestApi } from './open-test-api.ts';

const cause = new Error('relation "jobs" at postgres://me:hunter2@db.internal:5432 in /app/packages/db/src/open.ts');
const failures = [
  ['an error of a driver', cause],
  ['an error that names its cause', new AppError('internal_error', `Failed: ${cause.message}`, { cause })],
  ['an unavailable dependency', new AppError('unavailable', 'The database is unavailable.', { cause })],
] as const;
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

test.each(failures)('a failure inside the API says nothing of its cause: %s', async (_, failure) => {
  const fail = () => Promise.reject(failure);
  const broken = await openTestApi({ database: { ...api.deps.database, run: fail, transaction: fail } });
  const response = await broken.request('/jobs');
  expect(response.status).toBeGreaterThanOrEqual(500);
  const answer = `${await response.text()}${JSON.stringify([...response.headers])}`;
  expect(answer).not.toMatch(/relation|hunter2|db\.internal|packages|\.ts|at /);
  await broken.close();
});
