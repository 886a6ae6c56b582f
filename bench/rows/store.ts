import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Secret } from '@thumbnail-api/config';
import { openStore } from '@thumbnail-api/storage';
import { alternate } from '../measure/alternate.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { repeat } from '../stack/client.ts';
import type { Servers } from '../stack/start-servers.ts';
import { type RowContext, scaled } from './row.ts';

const key = 'originals/bench';

/** CPU of the S3 client for whole bodies: the store of the service compared with the SDK and its defaults. */
export async function store(context: RowContext): Promise<Figure[]> {
  const { environment } = await context.servers();
  const { own, sdk, close } = openBoth(environment);
  const { bytes: large } = await context.images.large();
  const small = large.slice(0, 5_000);
  const Bucket = environment.S3_BUCKET;
  const cases = [
    {
      what: 'put of 2.8 MB',
      times: 60,
      subject: () => own.put(key, large, 'image/jpeg'),
      baseline: () => sdk.send(new PutObjectCommand({ Bucket, Key: key, Body: large })),
    },
    {
      what: 'get of 2.8 MB',
      times: 60,
      subject: () => own.read(key),
      baseline: async () => (await sdk.send(new GetObjectCommand({ Bucket, Key: key }))).Body?.transformToByteArray(),
    },
    {
      what: 'put of 5 KB',
      times: 300,
      subject: () => own.put(`${key}-small`, small, 'image/webp'),
      baseline: () => sdk.send(new PutObjectCommand({ Bucket, Key: `${key}-small`, Body: small })),
    },
  ];
  const figures: Figure[] = [];
  for (const { what, times, subject, baseline } of cases) {
    const count = scaled(context, times);
    const rounds = await alternate(context.rounds, {
      subject: () => measureOwnCpu(count, subject),
      baseline: () => measureOwnCpu(count, baseline),
    });
    const name = { row: 'store', what, unit: 'ms CPU', comparison: 'ratio', goal: null } as const;
    figures.push(toFigure(name, rounds));
  }
  close();
  return figures;
}

function openBoth({ S3_BUCKET, S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY, S3_SECRET_KEY }: Servers['environment']) {
  const [bucket, endpoint, region, accessKey, secret] = [
    S3_BUCKET ?? '',
    S3_ENDPOINT ?? '',
    S3_REGION ?? '',
    S3_ACCESS_KEY ?? '',
    S3_SECRET_KEY ?? '',
  ];
  const own = openStore({
    kind: 's3',
    bucket,
    endpoint,
    region,
    credentials: { accessKey, secretKey: new Secret(secret) },
  });
  const credentials = { accessKeyId: accessKey, secretAccessKey: secret };
  const sdk = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const close = () => {
    own.close();
    sdk.destroy();
  };
  return { own, sdk, close };
}

async function measureOwnCpu(times: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await repeat(times, 1, work);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / times;
}
