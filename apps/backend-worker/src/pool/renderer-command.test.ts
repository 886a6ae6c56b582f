import { expect, test } from 'vitest';
import { readRendererCommand } from './renderer-command.ts';

test('a renderer gets the credentials of the object store and no other secret', () => {
  const { environment } = readRendererCommand({
    S3_BUCKET: 'images',
    S3_SECRET_KEY_FILE: '/run/secrets/s3',
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/thumbnails',
    POSTGRES_HOST: 'db',
    POSTGRES_PASSWORD: 'canary',
    REDIS_PASSWORD: 'canary',
    PATH: '/usr/bin',
  });
  expect(environment).toEqual({
    S3_BUCKET: 'images',
    S3_SECRET_KEY_FILE: '/run/secrets/s3',
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/thumbnails',
  });
});
