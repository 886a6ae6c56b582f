import { z } from 'zod';
import type { ReportIssue, Values } from '../load-config.ts';
import { httpUrl } from './variables.ts';

/** The variables that configure downloads. */
export const downloadVariables = {
  DOWNLOAD: z.enum(['proxy', 'redirect']).default('proxy').meta({
    description:
      'With `proxy`, the API sends the file. With `redirect`, it redirects to a presigned URL of the bucket.',
  }),
  S3_PUBLIC_ENDPOINT: httpUrl().optional().meta({
    description: 'URL at which clients reach the S3 server, for presigned URLs. If unset, `S3_ENDPOINT`.',
    example: 'https://objects.example',
  }),
};

/** Reports `DOWNLOAD=redirect` without a bucket. */
export function checkDownload(
  environment: Values<typeof downloadVariables> & { S3_BUCKET?: string | undefined },
  report: ReportIssue,
): void {
  if (environment.DOWNLOAD === 'redirect' && !environment.S3_BUCKET)
    report('S3_BUCKET', 'is required with DOWNLOAD=redirect');
}
