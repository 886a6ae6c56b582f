import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ContentChecksum, ContentDigest } from './content-digest.ts';
import type { ObjectContent } from './object-content.ts';
import { verifyBody } from './verify-body.ts';
import { verifyBytes } from './verify-bytes.ts';

const key = 'originals/one';
const damaged = { code: 'storage_damaged', retryable: false };
const contentOf = (bytes: Uint8Array, hasChecksum: boolean): ObjectContent => {
  const digest = new ContentChecksum();
  digest.update(bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes: bytes.length, sha256, checksum: hasChecksum ? digest.checksum : null };
};
/** A body whose chunks have the given sizes, and a last one with the rest. */
const bodyOf = (bytes: Uint8Array, sizes: number[] = []) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      let at = 0;
      for (const size of [...sizes, bytes.length]) {
        const chunk = bytes.subarray(at, at + size);
        if (chunk.length > 0) controller.enqueue(chunk);
        at += chunk.length;
      }
      controller.close();
    },
  });
/** Reads a body, and returns what arrived before its end or its error. */
async function readAll(body: ReadableStream<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks), error: null };
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error };
  }
}
const bytesOf = fc.uint8Array({ minLength: 1, maxLength: 200 });
const sizesOf = fc.array(fc.integer({ min: 1, max: 50 }));

test('the digests of chunks are those of the whole', () => {
  const check = (bytes: Uint8Array, sizes: number[]) => {
    const digest = new ContentDigest();
    let at = 0;
    for (const size of [...sizes, bytes.length]) {
      digest.update(bytes.subarray(at, at + size));
      at += size;
    }
    const checksum = Bun.hash.crc32(bytes).toString(16).padStart(8, '0');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect([digest.bytes, digest.checksum, digest.sha256()]).toEqual([bytes.length, checksum, sha256]);
  };
  fc.assert(fc.property(bytesOf, sizesOf, check));
});

test('intact bytes are returned from any position to the end', async () => {
  const check = async (bytes: Uint8Array, sizes: number[], position: number, hasChecksum: boolean) => {
    const first = position % bytes.length;
    const verified = verifyBody(bodyOf(bytes, sizes), { key, content: contentOf(bytes, hasChecksum), first });
    expect(await readAll(verified)).toEqual({ bytes: Buffer.from(bytes.subarray(first)), error: null });
  };
  await fc.assert(fc.asyncProperty(bytesOf, sizesOf, fc.nat(), fc.boolean(), check));
});

test('a changed byte, a missing end or an addition fails before the last byte', async () => {
  const damages = {
    change: (bytes: Uint8Array, at: number) => bytes.with(at % bytes.length, (bytes[at % bytes.length] ?? 0) ^ 1),
    truncate: (bytes: Uint8Array, at: number) => bytes.subarray(0, at % bytes.length),
    extend: (bytes: Uint8Array, at: number) => new Uint8Array([...bytes, at % 256]),
  };
  const kinds = fc.constantFrom(...(Object.keys(damages) as (keyof typeof damages)[]));
  const check = async (
    bytes: Uint8Array,
    sizes: number[],
    kind: keyof typeof damages,
    at: number,
    hasChecksum: boolean,
  ) => {
    const content = contentOf(bytes, hasChecksum);
    const wrong = damages[kind](bytes, at);
    const received = await readAll(verifyBody(bodyOf(wrong, sizes), { key, content }));
    expect(received.error).toMatchObject(damaged);
    expect(() => verifyBytes(key, wrong, content)).toThrow(expect.objectContaining(damaged));
    return kind === 'extend' || received.bytes.length < bytes.length;
  };
  await fc.assert(fc.asyncProperty(bytesOf, sizesOf, kinds, fc.nat(), fc.boolean(), check));
});

test('an error of the body is passed on, and a cancel reaches the body', async () => {
  const broken = new Error('connection lost');
  const content = contentOf(new Uint8Array([1, 2]), true);
  const failing = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(broken) });
  expect(await readAll(verifyBody(failing, { key, content }))).toMatchObject({ error: broken });
  const reasons: unknown[] = [];
  const endless = new ReadableStream<Uint8Array>({ cancel: (reason) => void reasons.push(reason) });
  await verifyBody(endless, { key, content }).cancel('left');
  expect(reasons).toEqual(['left']);
});
