import { ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import { Secret } from '@thumbnail-api/config';
import { testEnvironment } from '@thumbnail-api/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { openS3Client, type S3Config, s3Deadlines } from '../src/s3/s3-client.ts';
import { openS3Store } from '../src/s3/s3-store.ts';
import { describeObjectStore } from './contract/describe-object-store.ts';

const external = testEnvironment.s3;

describe.skipIf(external === null)('the S3 server of the environment', () => {
  const config: S3Config = {
    kind: 's3',
    bucket: external?.bucket ?? '',
    region: external?.region ?? '',
    endpoint: external?.endpoint,
    credentials: { accessKey: external?.accessKey ?? '', secretKey: new Secret(external?.secretKey ?? '') },
  };
  let client: S3Client;
  beforeAll(() => {
    client = openS3Client(config, s3Deadlines);
  });
  afterAll(() => client?.destroy());

  describeObjectStore('its bucket', () =>
    Promise.resolve({
      store: openS3Store(config),
      // MinIO lists uploads only by the whole key, which is enough here.
      leftovers: async (key) => {
        const response = await client.send(new ListMultipartUploadsCommand({ Bucket: config.bucket, Prefix: key }));
        return (response.Uploads ?? []).map((upload) => upload.Key ?? '');
      },
    }),
  );
});
