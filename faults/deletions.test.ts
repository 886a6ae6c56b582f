import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { sendAccepted } from './stack/send-picture.ts';
import type { Backend, Stack } from './stack/start-stack.ts';
import { startTestStack } from './stack/test-stack.ts';

const backends: Backend[] = ['redis', 'postgres'];

/** What is there of any job, past every proxy. */
async function readLeft({ sql, bucket }: Stack) {
  const rows = await sql`select id from jobs union all select id from images union all select job_id from thumbnails`;
  return [...rows, ...(await bucket.keys()).filter((key) => /^(originals|thumbnails)\//.test(key))];
}

/** Lets the time go by that a run might still need to store something. */
async function ageDeletions({ sql }: Stack) {
  await sql`update jobs set deleted_at = deleted_at - interval '1 hour'`;
  await sql`update images set deleted_at = deleted_at - interval '1 hour'`;
}

describe.each(backends)('with the queue on %s', (backend) => {
  test.each([
    'renderer.after_find',
    'renderer.before_put',
    'renderer.after_put',
    'worker.after_render',
    'worker.before_commit',
    'worker.after_commit',
  ])('F34: a job that is deleted while its run is at %s leaves nothing', async (place) => {
    const stack = await startTestStack(backend);
    const file = join(tmpdir(), Bun.randomUUIDv7());
    const [api, worker] = await Promise.all([
      stack.startApi(),
      stack.startWorker({ failpoints: `${place}=pause:${file}` }),
    ]);
    const id = await sendAccepted(api);
    await waitUntil('the run is there', () => Bun.file(`${file}.reached`).exists());
    const deletion = fetch(`${api.url}/jobs/${id}`, { method: 'DELETE', keepalive: false });
    // Before the commit the run holds the row, and the deletion waits for it.
    await Promise.race([deletion, Bun.sleep(1_000)]);
    await Bun.write(file, '');
    expect((await deletion).status).toBe(204);
    expect((await fetch(`${api.url}/jobs/${id}`, { keepalive: false })).status).toBe(404);
    await waitUntil('the run has ended', async () => /job finished|result dropped/.test(await worker.output()));
    await ageDeletions(stack);
    await waitUntil('nothing is left', async () => (await readLeft(stack)).length === 0);
  });
});
