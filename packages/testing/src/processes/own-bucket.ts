import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

/** Address and credentials of an S3 server. */
export interface S3Access {
  endpoint?: string | undefined;
  region: string;
  accessKey: string;
  secretKey: string;
}

/** A bucket for one test, accessed directly and not through a fault-injecting proxy. */
export interface OwnBucket {
  name: string;
  /** Lists all keys in the bucket. */
  keys(): Promise<string[]>;
  get(key: string): Promise<Uint8Array>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
  close(): void;
}

/** Creates an empty bucket. */
export async function makeBucket({ endpoint, region, accessKey, secretKey }: S3Access): Promise<OwnBucket> {
  const client = new S3Client({
    ...(endpoint && { endpoint, forcePathStyle: true }),
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const name = `test-${Bun.randomUUIDv7()}`;
  const at = (key: string) => ({ Bucket: name, Key: key });
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return {
    name,
    async keys() {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = new ListObjectsV2Command({ Bucket: name, ...(cursor && { ContinuationToken: cursor }) });
        const { Contents = [], NextContinuationToken } = await client.send(page);
        found.push(...Contents.flatMap(({ Key }) => Key ?? []));
        cursor = NextContinuationToken;
      } while (cursor);
      return found;
    },
    get: async (key) => {
      const { Body } = await client.send(new GetObjectCommand(at(key)));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
    put: async (key, bytes) => {
      await client.send(new PutObjectCommand({ ...at(key), Body: bytes }));
    },
    delete: async (key) => {
      await client.send(new DeleteObjectCommand(at(key)));
    },
    close: () => client.destroy(),
  };
}
