import { Secret } from '@thumbnail-api/config';
import { openStore } from '@thumbnail-api/storage';

// The least that an upload can cost: a server that parses the form, hashes the file and writes it to the store. Below /same
// it uses the S3 client of the API, below /bun the one that is built into Bun.
const { S3_BUCKET = '', S3_ENDPOINT = '', S3_REGION = '', S3_ACCESS_KEY = '', S3_SECRET_KEY = '' } = process.env;
const store = openStore({
  kind: 's3',
  bucket: S3_BUCKET,
  endpoint: S3_ENDPOINT,
  region: S3_REGION,
  credentials: { accessKey: S3_ACCESS_KEY, secretKey: new Secret(S3_SECRET_KEY) },
});
const bunClient = new Bun.S3Client({
  bucket: S3_BUCKET,
  endpoint: S3_ENDPOINT,
  region: S3_REGION,
  accessKeyId: S3_ACCESS_KEY,
  secretAccessKey: S3_SECRET_KEY,
});

async function receive(request: Request, put: (key: string, bytes: Uint8Array) => Promise<unknown>): Promise<Response> {
  const file = (await request.formData()).get('file');
  if (!(file instanceof Blob)) return new Response(null, { status: 400 });
  const bytes = await file.bytes();
  const sha256 = new Bun.CryptoHasher('sha256').update(bytes).digest('hex');
  const id = Bun.randomUUIDv7();
  await put(`originals/${id}`, bytes);
  return Response.json({ id, sha256, image: { id } }, { status: 201 });
}

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT),
  routes: {
    '/health/live': () => new Response(),
    '/same/jobs': (request) => receive(request, (key, bytes) => store.put(key, bytes, 'image/jpeg')),
    '/bun/jobs': (request) => receive(request, (key, bytes) => bunClient.write(key, bytes)),
  },
});
process.on('disconnect', () => process.exit(0));
