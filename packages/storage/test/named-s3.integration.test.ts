import { ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import { Secret } from '@thumbnail-api/config';
import { testEnvironment } from '@thumbnail-api/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { openS3Client, type S3Config, s3Deadlines } from '../src/s3/s3-client.ts';
import { openS3Store } from '../src/s3/s3-store.ts';
import { describeObjectStore } from './contract.ts';

const named = testEnvironment.s3;

describe.skipIf(named === null)('the S3 server that the environment names', () => {
  const config: S3Config = {
    kind: 's3',
    bucket: named?.bucket ?? '',
    region: named?.region ?? '',
    endpoint: named?.endpoint,
    credentials: { accessKey: named?.accessKey ?? '', secretKey: new Secret(named?.secretKey ?? '') },
  };
  let client: S3Client;
  beforeAll(() => {
    client = openS3Client(config, s3Deadlines);
  });
  afterAll(() => client?.destroy());

  describeObjectStore('its bucket', () =>
    Promise.resolve({
      store: openS3Store(config),
      // MinIO lists the uploads of a whole key only, which is what is asked for here.
      leftovers: async (key) => {
        const answer = await client.send(new ListMultipartUploadsCommand({ Bucket: config.bucket, Prefix: key }));
        return (answer.Uploads ?? []).map((upload) => upload.Key ?? '');
      },
    }),
  );
});
