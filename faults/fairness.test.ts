import { createHash, randomBytes } from 'node:crypto';
import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { sendAccepted } from './stack/send-image.ts';
import { backends, type Stack } from './stack/start-stack.ts';
import { startTestStack } from './stack/start-test-stack.ts';

const heavy = { width: '800', height: '800', format: 'avif' };

/** Creates an owner with a key, and gives the headers that send the key. */
async function createOwner({ sql }: Stack) {
  const id = Bun.randomUUIDv7();
  const key = `tk_${randomBytes(32).toString('base64url')}`;
  const hash = createHash('sha256').update(key).digest('hex');
  await sql`insert into api_keys (id, name, scope, owner, hash) values (${id}, ${id}, 'write', ${id}, ${hash})`;
  return { id, headers: { authorization: `Bearer ${key}` } };
}

describe.each(backends)('on %s', (backend) => {
  test('F51: the jobs of one owner run before the backlog of another, whose messages arrived first', async () => {
    const stack = await startTestStack(backend, { AUTH: 'api-key' });
    const api = await stack.startApi();
    const [busy, other] = [await createOwner(stack), await createOwner(stack)];
    for (let count = 0; count < 20; count += 1) await sendAccepted(api, { options: heavy, headers: busy.headers });
    for (let count = 0; count < 3; count += 1) await sendAccepted(api, { headers: other.headers });
    await stack.startWorker();
    await waitUntil(
      'all jobs have succeeded',
      async () => (await stack.sql`select from jobs where status = 'success'`).length === 23,
      120_000,
    );
    const order = await stack.sql<{ owner: string }[]>`select owner from jobs order by started_at`;
    const places = order.flatMap(({ owner }, place) => (owner === other.id ? [place] : []));
    // One job of the backlog starts at the same place in the order, and may run first.
    expect(places).toEqual([1, 2, 3]);
  });
});
