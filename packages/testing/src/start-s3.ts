import { startFauxqs } from 'fauxqs';
import type { NamedS3 } from './environment.ts';

/** An S3 server of this test run. */
export interface TestS3 extends NamedS3 {
  stop(): Promise<void>;
}

/** Starts an S3 server in this process, on a free port of the loopback interface, with one empty bucket. */
export async function startS3(): Promise<TestS3> {
  const bucket = 'thumbnails';
  const server = await startFauxqs({ host: '127.0.0.1', port: 0, logger: false });
  server.createBucket(bucket);
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    region: 'us-east-1',
    bucket,
    accessKey: 'test',
    secretKey: 'test',
    stop: () => server.stop(),
  };
}
