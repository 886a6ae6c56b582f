import { z } from 'zod';
import type { ReportIssue, Values } from '../load-config.ts';
import type { Secret } from '../secret.ts';
import { httpUrl, secret } from './variables.ts';

/** The object store: a bucket or a directory. */
export type StorageConfig =
  | {
      kind: 's3';
      bucket: string;
      region: string;
      /** Undefined for AWS. */
      endpoint: string | undefined;
      /** Undefined if the machine has an IAM role. */
      credentials: { accessKey: string; secretKey: Secret } | undefined;
    }
  | { kind: 'filesystem'; directory: string };

/** The variables that name an object store. */
export const storageVariables = {
  S3_BUCKET: z.string().optional().meta({ description: 'Bucket for originals and thumbnails.', example: 'thumbnails' }),
  S3_ENDPOINT: httpUrl()
    .optional()
    .meta({ description: 'URL of the S3 server. Leave unset for AWS.', example: 'http://localhost:9000' }),
  S3_REGION: z.string().default('us-east-1').meta({ description: 'Region of the bucket.' }),
  S3_ACCESS_KEY: z
    .string()
    .optional()
    .meta({ description: 'Access key. Leave unset if the machine has an IAM role.', example: 'thumbnail-api' }),
  S3_SECRET_KEY: secret()
    .optional()
    .meta({ description: 'Secret key that belongs to the access key.', example: 'change-me-too' }),
  STORAGE_DIR: z.string().optional().meta({
    description: 'Directory for originals and thumbnails, instead of a bucket. API and worker must share it.',
  }),
};

type StorageValues = Values<typeof storageVariables>;

/** Reports missing or contradictory variables of the object store. */
export function checkStorage(env: StorageValues, report: ReportIssue): void {
  const isIncomplete = !env.S3_BUCKET && (env.S3_ENDPOINT ?? env.S3_ACCESS_KEY ?? env.S3_SECRET_KEY);
  if (isIncomplete) report('S3_BUCKET', 'is required with the other S3_ variables');
  else if (!env.S3_BUCKET && !env.STORAGE_DIR) report('S3_BUCKET', 'is not set: set it, or set STORAGE_DIR');
  if (env.S3_BUCKET && env.STORAGE_DIR) report('STORAGE_DIR', 'is set, but S3_BUCKET is set too: set only one of them');
  if (env.S3_ACCESS_KEY && !env.S3_SECRET_KEY) report('S3_SECRET_KEY', 'is required with S3_ACCESS_KEY');
  if (env.S3_SECRET_KEY && !env.S3_ACCESS_KEY) report('S3_ACCESS_KEY', 'is required with S3_SECRET_KEY');
}

/** Builds {@link StorageConfig} from the variables. */
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
