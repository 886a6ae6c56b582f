import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { listObjects } from './checker/read-state.ts';
import { sendAccepted } from './stack/send-image.ts';
import { backends, type Stack } from './stack/start-stack.ts';
import { startTestStack } from './stack/start-test-stack.ts';

/** Reads every row and object, deleted ones included. */
async function readRemaining({ sql, bucket }: Stack) {
  const rows = await sql`select id from jobs union all select id from images union all select job_id from thumbnails`;
  return [...rows, ...(await listObjects(bucket))];
}

/** Makes deletions older than the time in which a run may still store an object. */
async function ageDeletions({ sql }: Stack) {
  await sql`update jobs set deleted_at = deleted_at - interval '1 hour'`;
  await sql`update images set deleted_at = deleted_at - interval '1 hour'`;
}

describe.each(backends)('with the queue on %s', (backend) => {
  test.each([
    'worker.after_find',
    'renderer.before_render',
    'renderer.after_render',
    'worker.before_put',
    'worker.after_put',
    'worker.after_render',
    'worker.before_commit',
    'worker.after_commit',
  ])('F34: a job that is deleted while its run is at %s leaves nothing', async (step) => {
    const stack = await startTestStack(backend);
    const file = join(tmpdir(), Bun.randomUUIDv7());
    const [api, worker] = await Promise.all([
      stack.startApi(),
      stack.startWorker({ failpoints: `${step}=pause:${file}` }),
    ]);
    const id = await sendAccepted(api);
    await waitUntil('the run has reached the step', () => Bun.file(`${file}.reached`).exists());
    const deletion = fetch(`${api.url}/jobs/${id}`, { method: 'DELETE', keepalive: false });
    // At before_commit the run has locked the row, and the deletion waits for it.
    await Promise.race([deletion, Bun.sleep(1_000)]);
    await Bun.write(file, '');
    expect((await deletion).status).toBe(204);
    expect((await fetch(`${api.url}/jobs/${id}`, { keepalive: false })).status).toBe(404);
    await waitUntil('the run has ended', async () => /job finished|result dropped/.test(await worker.output()));
    await ageDeletions(stack);
    await waitUntil('nothing is left', async () => (await readRemaining(stack)).length === 0);
  });
});
