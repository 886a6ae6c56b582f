import { randomUUID } from 'node:crypto';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { Secret } from '@thumbnail-api/config';
import { buildApp } from 'fauxqs';
import { openS3Client, type S3Config, s3Deadlines } from '../src/s3/s3-client.ts';

/** An S3 server in this process: in memory, on the loopback interface, without a check of signatures. */
export interface FauxqsServer {
  /** The configuration for an empty bucket of the server. */
  config: S3Config;
  /** Lists the multipart uploads of a key that were started and neither completed nor aborted. */
  openUploads(key: string): string[];
  close(): Promise<void>;
}

/** Starts the server on a free port. The caller closes it. */
export async function startFauxqsServer(): Promise<FauxqsServer> {
  const app = buildApp({ logger: false });
  const started: string[] = [];
  const finished: string[] = [];
  // The server cannot list multipart uploads, so their requests are counted.
  app.addHook('onResponse', (request: Request, reply: { statusCode: number }, done: () => void) => {
    const url = new URL(request.url, 'http://localhost');
    const isWrite = request.method === 'POST' || request.method === 'DELETE';
    if (reply.statusCode < 300 && isWrite && url.searchParams.has('uploads')) started.push(url.pathname);
    if (reply.statusCode < 300 && isWrite && url.searchParams.has('uploadId')) finished.push(url.pathname);
    done();
  });
  const endpoint: string = await app.listen({ host: '127.0.0.1', port: 0 });
  const config: S3Config = {
    kind: 's3',
    bucket: `thumbnails-${randomUUID()}`,
    region: 'us-east-1',
    endpoint,
    credentials: { accessKey: 'test', secretKey: new Secret('test') },
  };
  const client = openS3Client(config, s3Deadlines);
  await client.send(new CreateBucketCommand({ Bucket: config.bucket }));
  client.destroy();
  const count = (paths: string[], key: string) => paths.filter((path) => path === `/${config.bucket}/${key}`).length;
  return {
    config,
    openUploads: (key) => Array.from({ length: count(started, key) - count(finished, key) }, () => key),
    close: () => app.close(),
  };
}
