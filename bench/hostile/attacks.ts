import type { WorstRows } from './fill-worst.ts';

/** Requests of a hostile client with a valid key, by what they attack: the worst that is known for each route. */
export function listAttacks(key: string, { imageId, batchId, jobId }: WorstRows): Record<string, Buffer[]> {
  const authorization = `Authorization: Bearer ${key}\r\n`;
  const get = (path: string, headers = authorization, host = 'x') =>
    Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`);
  const post = (path: string, type: string, body: string | Buffer, headers = authorization) =>
    Buffer.concat([
      Buffer.from(
        `POST ${path} HTTP/1.1\r\nHost: x\r\n${headers}Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
      ),
      Buffer.from(body),
    ]);
  const many = (count: number, build: (index: number) => string, separator: string) =>
    Array.from({ length: count }, (_, index) => build(index)).join(separator);
  const form = (parts: string[]) => ['multipart/form-data; boundary=x', `${parts.join('')}--x--\r\n`] as const;
  const filePart = (index: number, bytes: string) =>
    `--x\r\nContent-Disposition: form-data; name="file"; filename="${index}.png"\r\n\r\n${bytes}\r\n`;
  const field = (name: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const unknownKeys = `{${many(6_000, (index) => `"k${index}":1`, ',')}}`;
  const repeatedKeys = `{${many(10_000, () => '"a":1', ',')}}`;
  const deep = `${'['.repeat(32_000)}${']'.repeat(32_000)}`;
  const longHeaders = `${authorization}${many(12, (index) => `X-Long-${index}: ${'x'.repeat(1_000)}\r\n`, '')}`;
  const jobs = `/images/${imageId}/jobs`;
  const json = 'application/json';
  return {
    'documents for 100 hosts': Array.from({ length: 100 }, (_, index) =>
      get('/docs', 'Accept-Encoding: gzip\r\n', `h${index}`),
    ),
    'the largest asset': [get('/swagger/assets/swagger-ui-bundle.js', '')],
    metrics: [get('/metrics', '')],
    readiness: [get('/health/ready', '')],
    'the longest list': [get('/jobs?limit=100')],
    'a filter that selects nothing': [get('/jobs?limit=100&code=image_corrupt&createdAfter=1970-01-01T00:00:00Z')],
    'an image with 1 000 jobs': [get(`/images/${imageId}`)],
    'the largest batch': [get(`/batches/${batchId}`)],
    'streams of the largest batch, opened and closed': [get(`/batches/${batchId}/events`)],
    'streams of a job, opened and closed': [get(`/jobs/${jobId}/events`)],
    'thousands of unknown options': [post(jobs, json, unknownKeys)],
    'thousands of repeated options': [post(jobs, json, repeatedKeys)],
    'deep JSON': [post(jobs, json, deep)],
    'unknown keys': Array.from({ length: 50 }, (_, index) =>
      get('/jobs', `Authorization: Bearer tk_${String(index).padStart(43, 'A')}\r\n`),
    ),
    'forged links': [get(`/jobs/${jobId}/download?v=1&expires=9999999999&signature=${'x'.repeat(43)}`, '')],
    'long headers': [get('/jobs?limit=1', longHeaders)],
    'long and repeated queries': [get(`/jobs?${many(2_000, (index) => `a${index}=1`, '&')}`)],
    'batches of tiny files': [
      post('/batches', ...form(Array.from({ length: 200 }, (_, index) => filePart(index, 'no')))),
    ],
    'forms with many large fields': [
      post(
        '/jobs',
        ...form([
          ...Array.from({ length: 49 }, (_, index) => field(`f${index}`, 'x'.repeat(60_000))),
          filePart(0, 'no'),
        ]),
      ),
    ],
    'bulk retries': [post('/jobs/retry?code=render_crashed', json, '')],
    'retries of a batch': [post(`/batches/${batchId}/retry`, json, '')],
    'deletions of what does not exist': [
      Buffer.from(`DELETE /jobs/0199f0c2-0000-7000-8000-000000000000 HTTP/1.1\r\nHost: x\r\n${authorization}\r\n`),
    ],
    'downloads of what is missing': [get(`/jobs/${jobId}/download`)],
    'unknown paths': [get('/nowhere')],
  };
}
