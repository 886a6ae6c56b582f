/** A change that breaks a guarantee, and the test that must notice it. */
export interface Mutant {
  /** What the change breaks. */
  name: string;
  file: string;
  /** The text to replace. It occurs once in the file. */
  from: string;
  to: string;
  /** The file of the test that must fail. */
  test: string;
  /** A part of its title. */
  title: string;
}

const api = 'apps/backend-api/src';
const apiTest = (name: string) => `apps/backend-api/test/${name}.integration.test.ts`;
const storage = 'packages/storage/src';
const storageTest = (name: string) => `packages/storage/test/${name}.integration.test.ts`;
const durableFiles = storageTest('durable-files');

/** Changes that earlier tests did not notice. */
export const mutants: Mutant[] = [
  {
    name: 'a retry keeps the crashes of earlier runs',
    file: 'packages/jobs/src/runs/retry-job.ts',
    from: '        crashes: 0,\n',
    to: '',
    test: 'packages/jobs/test/retry-and-add.integration.test.ts',
    title: 'resets the crashes and lost leases',
  },
  {
    name: 'a retry keeps the lost leases of earlier runs',
    file: 'packages/jobs/src/runs/retry-job.ts',
    from: '        lostLeases: 0,\n',
    to: '',
    test: 'packages/jobs/test/retry-and-add.integration.test.ts',
    title: 'resets the crashes and lost leases',
  },
  {
    name: 'a weak ETag does not match',
    file: `${api}/downloads/send-object.ts`,
    from: ".replace(/^W\\//, '')",
    to: '',
    test: apiTest('downloads'),
    title: 'because it compares weakly',
  },
  {
    name: 'only one ETag is compared',
    file: `${api}/downloads/send-object.ts`,
    from: "ifNoneMatch?.split(',')",
    to: 'ifNoneMatch?.split()',
    test: apiTest('downloads'),
    title: 'because it compares weakly',
  },
  {
    name: 'a file of exactly the limit is rejected while it is counted',
    file: 'packages/jobs/src/intake/count-bytes.ts',
    from: 'bytes > uploadMaxBytes',
    to: 'bytes >= uploadMaxBytes',
    test: apiTest('largest-upload'),
    title: 'exactly MAX_UPLOAD_BYTES is accepted',
  },
  {
    name: 'a file of exactly the limit is rejected by its Content-Length',
    file: `${api}/uploads/read-upload.ts`,
    from: '?? 0) > uploadMaxBytes',
    to: '?? 0) >= uploadMaxBytes',
    test: apiTest('largest-upload'),
    title: 'exactly MAX_UPLOAD_BYTES is accepted',
  },
  {
    name: 'a file above the limit is accepted while it is counted',
    file: 'packages/jobs/src/intake/count-bytes.ts',
    from: 'bytes > uploadMaxBytes',
    to: 'bytes > uploadMaxBytes + 1',
    test: apiTest('largest-upload'),
    title: 'one byte above MAX_UPLOAD_BYTES',
  },
  {
    name: 'a form without a Content-Length has no limit',
    file: `${api}/uploads/read-form.ts`,
    from: '    if (this.#bytes > this.#limits.formMaxBytes) throw tooLarge(this.#limits);\n',
    to: '',
    test: `${api}/uploads/read-form.test.ts`,
    title: 'rejected as soon as it passes the limit',
  },
  {
    name: 'the bytes of a cancelled file are kept',
    file: `${api}/uploads/form-file.ts`,
    from: "if (this.#state === 'open') this.#chunks.push(chunk);",
    to: 'this.#chunks.push(chunk);',
    test: `${api}/uploads/read-form.test.ts`,
    title: 'nothing is kept of a file that is cancelled',
  },
  {
    name: 'the file of a ZIP stays open when the client disconnects',
    file: `${api}/downloads/download-batch.route.ts`,
    from: '      reading.abort();\n',
    to: '',
    test: apiTest('batch-zip'),
    title: 'closes the file that is being read',
  },
  {
    name: 'an unfinished batch has no Retry-After',
    file: `${api}/batches/get-batch.route.ts`,
    from: "    if (!hasEnded(batch)) context.header('retry-after', '1');\n",
    to: '',
    test: apiTest('batches'),
    title: 'Retry-After until its last job has ended',
  },
  {
    name: 'a finished batch has Retry-After',
    file: `${api}/batches/get-batch.route.ts`,
    from: "if (!hasEnded(batch)) context.header('retry-after'",
    to: "context.header('retry-after'",
    test: apiTest('batches'),
    title: 'Retry-After until its last job has ended',
  },
  {
    name: 'the end of a run does not lock the image',
    file: 'packages/jobs/src/runs/finish-job.ts',
    from: ' for no key update\n',
    to: '\n',
    test: 'packages/jobs/test/finish-lock.integration.test.ts',
    title: 'locks the image before the job',
  },
  {
    name: 'the trailer is not checked when an object is read whole',
    file: `${storage}/filesystem/object-file.ts`,
    from: '  parseTrailer(bytes.subarray(-trailerBytes));\n',
    to: '',
    test: durableFiles,
    title: 'is not returned as an object',
  },
  {
    name: 'a trailer without a media type is accepted',
    file: `${storage}/filesystem/object-file.ts`,
    from: "  if (typeof type !== 'string') throw new Error('object file without a media type');\n",
    to: '',
    test: durableFiles,
    title: 'is not returned as an object',
  },
  {
    name: 'a file is not synced',
    file: `${storage}/filesystem/object-file.ts`,
    from: '    await file.sync();\n',
    to: '',
    test: durableFiles,
    title: 'syncs the whole file before it has its name',
  },
  {
    name: 'a file is synced before its trailer is written',
    file: `${storage}/filesystem/object-file.ts`,
    from: '    await writeAll(file, encodeTrailer(type));\n    await file.sync();\n',
    to: '    await file.sync();\n    await writeAll(file, encodeTrailer(type));\n',
    test: durableFiles,
    title: 'syncs the whole file before it has its name',
  },
  {
    name: 'a directory is not synced',
    file: `${storage}/filesystem/publish-file.ts`,
    from: 'await directory.sync().finally(() => directory.close());',
    to: 'await directory.close();',
    test: durableFiles,
    title: 'syncs the whole file before it has its name',
  },
  {
    name: 'only the innermost new directory is synced',
    file: `${storage}/filesystem/publish-file.ts`,
    from: 'topmostCreated ? dirname(topmostCreated) : parent',
    to: 'parent',
    test: durableFiles,
    title: 'syncs the whole file before it has its name',
  },
  {
    name: 'a file is published after an abort',
    file: `${storage}/filesystem/put-file.ts`,
    from: '    signal?.throwIfAborted();\n',
    to: '',
    test: durableFiles,
    title: 'an abort after the last byte',
  },
  {
    name: 'short bytes are sent to S3 without a copy',
    file: `${storage}/s3/send-bytes.ts`,
    from: 'bytes.slice(),',
    to: 'bytes,',
    test: storageTest('s3-upload-faults'),
    title: 'bytes are sent from a copy',
  },
  {
    name: 'bytes are sent to S3 without their length',
    file: `${storage}/s3/send-bytes.ts`,
    from: ", 'content-length': String(bytes.byteLength)",
    to: '',
    test: storageTest('s3-upload-faults'),
    title: 'bytes are sent from a copy',
  },
  {
    name: 'a 429 of S3 is final',
    file: `${storage}/s3/s3-error.ts`,
    from: ' || error.status === 429',
    to: '',
    test: storageTest('s3-call-faults'),
    title: '429 Too Many Requests',
  },
  {
    name: 'the object store may take all the time of a task',
    file: 'apps/renderer/src/run-task.ts',
    from: 'const storeShare = 0.4;',
    to: 'const storeShare = 1;',
    test: 'apps/renderer/src/run-task.test.ts',
    title: 'a read may take two fifths',
  },
  {
    name: 'the object store gets too little of the time of a task',
    file: 'apps/renderer/src/run-task.ts',
    from: 'const storeShare = 0.4;',
    to: 'const storeShare = 0.3;',
    test: 'apps/renderer/src/run-task.test.ts',
    title: 'a write may take two fifths',
  },
  {
    name: 'a worker that drains is ready',
    file: 'apps/backend-worker/src/open-health-server.ts',
    from: '!isDraining() && ',
    to: '',
    test: 'apps/backend-worker/src/open-health-server.test.ts',
    title: 'a worker that drains is not ready',
  },
  {
    name: 'libvips may use every loader',
    file: 'apps/renderer/src/limit-libvips.ts',
    from: "  sharp.block({ operation: ['VipsForeignLoad'] });\n",
    to: '',
    test: 'apps/renderer/src/limit-libvips.test.ts',
    title: 'from memory and never a file',
  },
  {
    name: 'a download is not sandboxed',
    file: `${api}/downloads/send-object.ts`,
    from: "default-src 'none'; sandbox",
    to: "default-src 'none'",
    test: apiTest('downloads'),
    title: 'the response is sandboxed',
  },
  {
    name: 'the text of a PNG reaches the decoder',
    file: 'apps/renderer/src/decode/prepare-bytes.ts',
    from: 'return dropPngText(original);',
    to: 'return original;',
    test: 'apps/renderer/src/decode/inspect-original.test.ts',
    title: 'the decoder never gets the text of a PNG',
  },
  {
    name: 'a secret is compared up to the first difference',
    file: 'packages/config/src/is-same-secret.ts',
    from: 'timingSafeEqual(digest(given), digest(expected))',
    to: 'digest(given).equals(digest(expected))',
    test: 'packages/config/src/is-same-secret.test.ts',
    title: 'every comparison of a secret takes constant time',
  },
  {
    name: 'the metrics token is compared up to the first difference',
    file: 'packages/telemetry/src/may-read-metrics.ts',
    from: 'isSameSecret(given, token.reveal())',
    to: 'given === token.reveal()',
    test: 'packages/config/src/is-same-secret.test.ts',
    title: 'every comparison of a secret takes constant time',
  },
  {
    name: 'a signature is compared up to the first difference',
    file: `${api}/access/signed-link.ts`,
    from: 'isSameSecret(signature, sign(link, secret))',
    to: 'signature === sign(link, secret)',
    test: 'packages/config/src/is-same-secret.test.ts',
    title: 'every comparison of a secret takes constant time',
  },
];
