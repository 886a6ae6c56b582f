import { buildApp } from 'fauxqs';
import type { NamedS3 } from './environment.ts';

/** An S3 server of this test run. */
export interface TestS3 extends NamedS3 {
  stop(): Promise<void>;
}

/** Starts an S3 server in this process, on a free port of the loopback interface, with one empty bucket. */
export async function startS3(): Promise<TestS3> {
  const bucket = 'thumbnails';
  const app = buildApp({ logger: false });
  // Not startFauxqs: it listens on every interface whatever it is told.
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  await fetch(`${endpoint}/${bucket}`, { method: 'PUT' });
  return { endpoint, region: 'us-east-1', bucket, accessKey: 'test', secretKey: 'test', stop: () => app.close() };
}
