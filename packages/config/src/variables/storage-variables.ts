import { z } from 'zod';
import type { Fault, Values } from '../load-config.ts';
import type { Secret } from '../secret.ts';
import { httpUrl, secret } from './variables.ts';

/** Where the bytes are: a bucket, or a directory. */
export type StorageConfig =
  | {
      kind: 's3';
      bucket: string;
      region: string;
      /** Absent for AWS itself. */
      endpoint: string | undefined;
      /** Absent where the machine has a role. */
      credentials: { accessKey: string; secretKey: Secret } | undefined;
    }
  | { kind: 'filesystem'; directory: string };

/** The variables that name an object store. */
export const storageVariables = {
  S3_BUCKET: z
    .string()
    .optional()
    .meta({ description: 'Bucket of the originals and thumbnails.', example: 'thumbnails' }),
  S3_ENDPOINT: httpUrl()
    .optional()
    .meta({ description: 'URL of the S3 server; leave out for AWS.', example: 'http://localhost:9000' }),
  S3_REGION: z.string().default('us-east-1').meta({ description: 'Region of the bucket.' }),
  S3_ACCESS_KEY: z
    .string()
    .optional()
    .meta({ description: 'Access key; leave out where the machine has a role.', example: 'thumbnail-api' }),
  S3_SECRET_KEY: secret().optional().meta({ description: 'Secret key.', example: 'change-me-too' }),
  STORAGE_DIR: z
    .string()
    .optional()
    .meta({ description: 'Directory of the objects instead of a bucket; one machine only.' }),
};

type StorageValues = Values<typeof storageVariables>;

/** Says what is missing or contradictory. */
export function checkStorage(env: StorageValues, fault: Fault): void {
  const half = env.S3_ENDPOINT ?? env.S3_ACCESS_KEY ?? env.S3_SECRET_KEY;
  if (!env.S3_BUCKET && half) fault('S3_BUCKET', 'is needed beside the other S3_ variables');
  if (!env.S3_BUCKET && !half && !env.STORAGE_DIR) fault('S3_BUCKET', 'is not set: name a bucket, or a STORAGE_DIR');
  if (env.S3_BUCKET && env.STORAGE_DIR) fault('STORAGE_DIR', 'is set while S3_BUCKET names a bucket: choose one');
  if (env.S3_ACCESS_KEY && !env.S3_SECRET_KEY) fault('S3_SECRET_KEY', 'is needed with S3_ACCESS_KEY');
  if (env.S3_SECRET_KEY && !env.S3_ACCESS_KEY) fault('S3_ACCESS_KEY', 'is needed with S3_SECRET_KEY');
}

/** Builds the part of the configuration that the variables describe. */
export const toStorageConfig = (env: StorageValues): StorageConfig =>
  env.S3_BUCKET
    ? {
        kind: 's3',
        bucket: env.S3_BUCKET,
        region: env.S3_REGION,
        endpoint: env.S3_ENDPOINT,
        credentials:
          env.S3_ACCESS_KEY && env.S3_SECRET_KEY
            ? { accessKey: env.S3_ACCESS_KEY, secretKey: env.S3_SECRET_KEY }
            : undefined,
      }
    : { kind: 'filesystem', directory: env.STORAGE_DIR ?? '' };
