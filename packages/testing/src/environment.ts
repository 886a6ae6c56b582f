/** A Redis server that the environment names. */
export interface ExternalRedis {
  host: string;
  port: number;
  password: string | undefined;
}

/** A bucket that the environment names. */
export interface ExternalS3 {
  endpoint: string | undefined;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
}

/** The external services that the environment names for tests. */
export const testEnvironment = {
  redis: readRedis(),
  s3: readS3(),
  /** Whether a missing service fails the run instead of skipping its tests. */
  requireRealServices: process.env.REQUIRE_REAL_SERVICES === '1',
};

function readRedis(): ExternalRedis | null {
  const { REDIS_HOST, REDIS_PORT, REDIS_PASSWORD } = process.env;
  return REDIS_HOST ? { host: REDIS_HOST, port: Number(REDIS_PORT || 6379), password: REDIS_PASSWORD } : null;
}

function readS3(): ExternalS3 | null {
  const { S3_BUCKET, S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY, S3_SECRET_KEY } = process.env;
  if (!S3_BUCKET || !S3_ACCESS_KEY || !S3_SECRET_KEY) return null;
  return {
    endpoint: S3_ENDPOINT,
    region: S3_REGION || 'us-east-1',
    bucket: S3_BUCKET,
    accessKey: S3_ACCESS_KEY,
    secretKey: S3_SECRET_KEY,
  };
}
