import { buildApp } from 'fauxqs';
import type { ExternalS3 } from './environment.ts';

/** An S3 server of this test run. */
export interface TestS3 extends ExternalS3 {
  stop(): Promise<void>;
}

/** Starts an S3 server in this process, on a free local port, with one empty bucket. */
export async function startS3(): Promise<TestS3> {
  const bucket = 'thumbnails';
  const app = buildApp({ logger: false });
  // startFauxqs always listens on all interfaces.
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  await fetch(`${endpoint}/${bucket}`, { method: 'PUT' });
  return { endpoint, region: 'us-east-1', bucket, accessKey: 'test', secretKey: 'test', stop: () => app.close() };
}
